"""The differences between two lists of layers as a few model operations, which keep selection and scroll position."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from playground.spec.container import Container
from playground.spec.edits import LayerPath
from playground.spec.layer import Layer, Stack


class Inserted(NamedTuple):
    """`size` items were inserted at `first`: those from index `source` on in the new list."""

    first: int
    size: int
    source: int


class Removed(NamedTuple):
    """`size` items were removed, from index `first` on."""

    first: int
    size: int


class Moved(NamedTuple):
    """`size` items from `first` on were moved to before index `before`, counted before the move."""

    first: int
    size: int
    before: int


Change = Inserted | Removed | Moved


def changes(old: Sequence[object], new: Sequence[object]) -> tuple[Change, ...]:
    """Operations that, applied in order, turn `old` into a list that matches `new`.

    Items are compared by identity; an item that was replaced by one other keeps its index and needs no operation.
    """
    start = 0
    while start < min(len(old), len(new)) and old[start] is new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] is new[-1 - end]:
        end += 1
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    rotation = _rotation(before, after)
    return (Moved(start, rotation, start + len(before)),) if rotation else _differences(before, after, start)


def _differences(before: Sequence[object], after: Sequence[object], start: int) -> tuple[Change, ...]:
    """Insertions and removals, last index first, so that the remaining indices stay valid."""
    matcher = SequenceMatcher(None, [id(item) for item in before], [id(item) for item in after], autojunk=False)
    steps: list[Change] = []
    for first, last, source, until in reversed([*_paired(matcher, before, after)]):
        replaced = min(last - first, until - source)
        if last - first > replaced:
            steps.append(Removed(start + first + replaced, last - first - replaced))
        elif until - source > replaced:
            steps.append(Inserted(start + first + replaced, until - source - replaced, start + source + replaced))
    return tuple(steps)


def _paired(
    matcher: SequenceMatcher[int], before: Sequence[object], after: Sequence[object]
) -> Iterator[tuple[int, int, int, int]]:
    """Pairs of spans, in the old list and in the new one that replaced it; several are paired by type and order."""
    for _, first, last, source, until in matcher.get_opcodes():
        types = [[type(item) for item in items] for items in (before[first:last], after[source:until])]
        finer = SequenceMatcher(None, types[0], types[1], autojunk=False)
        for _, start, end, new, new_end in finer.get_opcodes():
            yield first + start, first + end, source + new, source + new_end


def _rotation(before: Sequence[object], after: Sequence[object]) -> int:
    """The number of items moved from the front to the end, if nothing else changed; else 0."""
    if len(before) != len(after) or len(before) < 2:
        return 0
    rotation = next((i for i, item in enumerate(before) if item is after[0]), 0)
    rotated = [*before[rotation:], *before[:rotation]]
    return rotation if all(a is b for a, b in zip(rotated, after, strict=True)) else 0


def changed_paths(old: Stack, new: Stack) -> tuple[LayerPath, ...]:
    """The paths in `new` of layers that are new or were moved; if layers were only removed, the path of the next one.

    Empty if the stacks are equal or nothing is left. Layers are compared by identity, as in `changes`.
    """
    return _changed(old.layers, new.layers, ())


def _changed(old: Sequence[Layer], new: Sequence[Layer], prefix: LayerPath) -> tuple[LayerPath, ...]:
    start = _common_prefix(old, new)
    end = _common_prefix(old[start:][::-1], new[start:][::-1])
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    if len(before) == len(after) == 1 and (inner := _changed_inside(before[0], after[0], (*prefix, start))):
        return inner
    known = {id(layer) for layer in before}
    found = [number for number, layer in enumerate(after, start) if id(layer) not in known]
    if before and after and not found and len(before) == len(after):
        turn = _rotation(before, after)
        found = list(range(start, start + len(after)))
        if turn:  # the shorter of the two spans that were exchanged
            found = found[-turn:] if 2 * turn < len(after) else found[:-turn] if 2 * turn > len(after) else found
    elif not found and (before or after):
        found = [min(start + len(after), len(new) - 1)] if new else []
        if not new and prefix:
            return ((*prefix, 0),)  # the insertion point in the empty branch
    return tuple((*prefix, number) for number in found)


def _changed_inside(old: Layer, new: Layer, path: LayerPath) -> tuple[LayerPath, ...]:
    """The changed paths in the branches of a container if nothing else of it changed; else an empty tuple."""
    if not isinstance(old, Container) or not isinstance(new, Container) or type(old) is not type(new):
        return ()
    if len(old.branches) != len(new.branches) or old.with_(branches=new.branches) != new:
        return ()
    return tuple(
        changed
        for number, (before, after) in enumerate(zip(old.branches, new.branches, strict=True))
        for changed in _changed(before.layers, after.layers, (*path, number))
    )


def _common_prefix(one: Sequence[object], other: Sequence[object]) -> int:
    """The length of the common prefix."""
    pairs = zip(one, other, strict=False)
    return next((number for number, (a, b) in enumerate(pairs) if a is not b), min(len(one), len(other)))
