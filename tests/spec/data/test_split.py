"""Groups are divided whole; some samples may have a part already."""

from __future__ import annotations

import pytest

from playground.spec.data.split import divided_groups, split_in_order, split_rest


@pytest.mark.parametrize("seed", range(5))
def test_parts_get_their_share_of_groups_and_one_group_is_left_for_training(seed: int) -> None:
    parts = divided_groups([10] * 10, 0.25, 0.2, seed)
    assert [parts.count(part) for part in (0, 1, 2)] == [6, 2, 2]
    assert 0 in divided_groups([5, 5], 0.9, 0.9, seed)
    assert divided_groups([5], 0.5, 0.5, seed) == [0]
    assert divided_groups([5, 5], 0.0, 0.0, seed) == [0, 0]


def test_samples_keep_the_part_that_they_have() -> None:
    parts = [0, 1, 0, 2, 0, 0, 0, 0]
    trained, held_out, tested = split_rest([0] * 8, parts, 1, 2, 3)
    assert sorted([*trained, *held_out, *tested]) == list(range(8))
    assert (len(trained), len(held_out), len(tested)) == (3, 2, 3)
    assert 1 in held_out
    assert 3 in tested


def test_in_order_the_last_samples_are_for_testing() -> None:
    assert split_in_order(6, 2, 1) == ([0, 1, 2], [3, 4], [5])
