"""Replaying the steps on the old list gives one as long as the new, with unchanged items in their places."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from playground.gui.stack.changes import Inserted, Moved, Removed, changes


class Item:
    """Told apart by identity alone."""


def replayed(old: Sequence[object], new: Sequence[object]) -> list[object]:
    """`old` after the steps."""
    items = list(old)
    for change in changes(old, new):
        match change:
            case Inserted(first, size, source):
                items[first:first] = new[source : source + size]
            case Removed(first, size):
                del items[first : first + size]
            case Moved(first, size, before):
                items[before:before] = items[first : first + size]
                del items[first : first + size]
    return items


def test_insertion_is_one_step() -> None:
    a, b, c = Item(), Item(), Item()
    assert changes([a, b], [a, c, b]) == (Inserted(1, 1, 1),)


def test_removal_is_one_step() -> None:
    a, b, c = Item(), Item(), Item()
    assert changes([a, b, c], [a, c]) == (Removed(1, 1),)


def test_replacement_needs_none() -> None:
    a, b = Item(), Item()
    assert changes([a, b], [a, Item()]) == ()


def test_a_move_keeps_what_moved() -> None:
    a, b, c, d = Item(), Item(), Item(), Item()
    for new in ([b, a, c, d], [b, c, d, a], [d, a, b, c], [a, c, d, b]):
        assert replayed([a, b, c, d], new) == new


def test_removing_two_apart_keeps_the_ones_between() -> None:
    items = [Item() for _ in range(5)]
    assert replayed(items, [items[0], items[2], items[4]]) == [items[0], items[2], items[4]]


@given(st.lists(st.integers(0, 7), unique=True), st.lists(st.integers(0, 7), unique=True))
def test_any_two_lists(old: list[int], new: list[int]) -> None:
    items = [Item() for _ in range(8)]
    before, after = [items[i] for i in old], [items[i] for i in new]
    result = replayed(before, after)
    assert len(result) == len(after)
    if not set(old) - set(new) or not set(new) - set(old):
        kept = [i for i in new if i in old]
        if kept == [i for i in old if i in new]:  # nothing replaced, nothing moved: every item is in its place
            assert result == after
