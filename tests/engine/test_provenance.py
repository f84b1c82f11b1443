"""What a file says of where its network began, when it says too much, too little, or what is no text."""

from __future__ import annotations

import pytest

from playground.engine.provenance import PROVENANCE_KEY, Derivation, provenance_in, provenance_text


@pytest.mark.parametrize(
    "text", [None, 3, "", "[", "[" * 9_000, "[{}]", '[["pruned","a",null,[],[["x"]]]]', '[["ran","a"]]', '["\\ud800"]']
)
def test_what_cannot_be_understood_is_no_provenance(text: object) -> None:
    assert provenance_in({PROVENANCE_KEY: text}) == ()


def test_of_many_steps_the_last_ones_are_read() -> None:
    steps = tuple(Derivation("continued", f"{number}") for number in range(60))
    text = "[" + ",".join(provenance_text((step,))[1:-1] for step in steps) + "]"
    assert provenance_in({PROVENANCE_KEY: text}) == steps[-50:]
