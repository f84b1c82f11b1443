"""JSON that every program reads."""

from __future__ import annotations

import json
from math import inf, nan

from playground.spec.json_text import json_text


def test_numbers_that_are_not_finite_become_null() -> None:
    text = json_text({"loss": nan, "more": [1, inf, {"deep": -inf}], "name": "NaN", "step": 3, "none": None})

    def refuse(name: str) -> None:
        raise AssertionError(name)

    found = json.loads(text, parse_constant=refuse)
    assert found == {"loss": None, "more": [1, None, {"deep": None}], "name": "NaN", "step": 3, "none": None}
