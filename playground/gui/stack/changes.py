"""How one list of layers became another, in the few steps that keep selection and scroll position alive."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple


class Inserted(NamedTuple):
    """`size` items came in at `first`: those that begin at `source` in the new list."""

    first: int
    size: int
    source: int


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
    """Steps that, taken one after the other, turn `old` into a list that matches `new`.

    Items are told by identity; those that were replaced one for one stay where they are and need no step.
    """
    start = 0
    while start < min(len(old), len(new)) and old[start] is new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] is new[-1 - end]:
        end += 1
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    turn = _turn(before, after)
    return (Moved(start, turn, start + len(before)),) if turn else _differences(before, after, start)


def _differences(before: Sequence[object], after: Sequence[object], start: int) -> tuple[Change, ...]:
    """Insertions and removals, from the end, so that the positions of those still to come stay true."""
    matcher = SequenceMatcher(None, [id(item) for item in before], [id(item) for item in after], autojunk=False)
    steps: list[Change] = []
    for _, first, last, source, until in reversed(matcher.get_opcodes()):
        replaced = min(last - first, until - source)
        if last - first > replaced:
            steps.append(Removed(start + first + replaced, last - first - replaced))
        elif until - source > replaced:
            steps.append(Inserted(start + first + replaced, until - source - replaced, start + source + replaced))
    return tuple(steps)


def _turn(before: Sequence[object], after: Sequence[object]) -> int:
    """How many items went from the front to the end, where that is all that happened; else 0."""
    if len(before) != len(after) or len(before) < 2:
        return 0
    turn = next((i for i, item in enumerate(before) if item is after[0]), 0)
    turned = [*before[turn:], *before[:turn]]
    return turn if all(a is b for a, b in zip(turned, after, strict=True)) else 0
