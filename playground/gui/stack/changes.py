"""How one list of layers became another, in the few steps that keep selection and scroll position alive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Inserted(NamedTuple):
    """`size` items came in, the first of them at `first`."""

    first: int
    size: int


class Removed(NamedTuple):
    """`size` items went, the first of them from `first`."""

    first: int
    size: int


class Moved(NamedTuple):
    """`size` items from `first` on went to stand in front of what was at `before`, counted before the move."""

    first: int
    size: int
    before: int


Change = Inserted | Removed | Moved


def changes(old: Sequence[object], new: Sequence[object]) -> tuple[Change, ...]:
    """Steps that turn `old` into a list as long as `new`, with unchanged items, told by identity, in their places.

    Items that were replaced one for one need no step.
    """
    start = 0
    while start < min(len(old), len(new)) and old[start] is new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] is new[-1 - end]:
        end += 1
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    surplus = len(after) - len(before)
    if surplus > 0:
        return (Inserted(start + _kept(before, after), surplus),)
    if surplus < 0:
        return (Removed(start + _kept(after, before), -surplus),)
    turn = _turn(before, after)
    return (Moved(start, turn, start + len(before)),) if turn else ()


def _kept(short: Sequence[object], long: Sequence[object]) -> int:
    """How many of the surplus's neighbours in front were replaced rather than pushed away: as many as are alike."""
    alike = 0
    while alike < len(short) and type(short[alike]) is type(long[alike]):
        alike += 1
    return alike


def _turn(before: Sequence[object], after: Sequence[object]) -> int:
    """How many items went from the front to the end, where that is all that happened; else 0."""
    if len(before) < 2:
        return 0
    turn = next((i for i, item in enumerate(before) if item is after[0]), 0)
    turned = [*before[turn:], *before[:turn]]
    return turn if all(a is b for a, b in zip(turned, after, strict=True)) else 0
