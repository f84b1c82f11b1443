"""A vocabulary from a file is refused in one sentence where it cannot be one."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from playground.spec.data.text_summary import TextFile
from playground.spec.data.text_units import TextUnits, pair_units


def test_a_merge_whose_bytes_have_a_code_gets_none() -> None:
    merges = ((0, 0), (2, 0), (0, 2))
    assert pair_units((97, 98), merges) == (b"a", b"b", b"aa", b"aaa")
    assert len(TextUnits(kind="pairs", single=(97, 98), merges=merges)) == 4


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"merges": [[0, 2]], "single": [97, 98]}, "come after it"),
        ({"merges": [[0, 0], *([n, n] for n in range(1, 12))], "single": [97]}, "too long a unit"),
        ({"words": ["a", "a"]}, "twice"),
        ({"single": [98, 97]}, "twice"),
        ({"single": [300]}, "less than or equal to 255"),
        ({"words": [""]}, "at least 1 character"),
        ({"words": ["a" * 65]}, "at most 64 characters"),
        ({"size": 9_000}, "less than or equal to 8000"),
        ({"before": 10, "total": 9}, "contradict"),
        ({"kind": "bytes"}, "Input should be"),
        ({"merges": [["0", 0]], "single": [97]}, "valid integer"),
    ],
)
def test_what_is_no_vocabulary_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        TextUnits.model_validate({"kind": "pairs", **wrong})


def test_files_of_earlier_versions_have_characters() -> None:
    source = TextFile.model_validate({"path": "/some/text.txt", "count": 3, "alphabet": "abc"})
    assert not source.units
    assert source.choice.units == "characters"
