"""What a file says of where its network began, when it says too much, too little, or what is no text."""

from __future__ import annotations

import pytest

from playground.engine.provenance import PROVENANCE_KEY, Derivation, Point, provenance_in, provenance_text


@pytest.mark.parametrize(
    "text", [None, 3, "", "[", "[" * 9_000, "[{}]", '[["pruned","a",null,[],[["x"]]]]', '[["ran","a"]]', '["\\ud800"]']
)
def test_what_cannot_be_understood_is_no_provenance(text: object) -> None:
    assert provenance_in({PROVENANCE_KEY: text}) == ()


def test_of_many_steps_the_last_ones_are_read() -> None:
    steps = tuple(Derivation("continued", f"{number}") for number in range(60))
    text = "[" + ",".join(provenance_text((step,))[1:-1] for step in steps) + "]"
    assert provenance_in({PROVENANCE_KEY: text}) == steps[-50:]


@pytest.mark.parametrize(("epochs", "kept"), [(1, [1]), (200, list(range(1, 201))), (401, [*range(3, 401, 3), 401])])
def test_of_a_long_training_points_of_all_its_epochs_are_written_and_the_last_one(epochs: int, kept: list[int]) -> None:
    whole = Derivation("pruned", "a", curve=tuple(Point(number, 0.5) for number in range(1, epochs + 1)))
    text = provenance_text((whole,))
    assert len(text) < 15_000
    (found,) = provenance_in({PROVENANCE_KEY: text})
    assert [point.epoch for point in found.curve] == kept
