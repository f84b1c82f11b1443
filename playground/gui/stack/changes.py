"""How one list of layers became another, in the few steps that keep selection and scroll position alive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from playground.spec.container import Container
from playground.spec.edits import LayerPath
from playground.spec.layer import Layer, Stack


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
    """Spans of the old list with those of the new one that took their place; of several, those of one type in order."""
    for _, first, last, source, until in matcher.get_opcodes():
        types = [[type(item) for item in items] for items in (before[first:last], after[source:until])]
        finer = SequenceMatcher(None, types[0], types[1], autojunk=False)
        for _, start, end, new, new_end in finer.get_opcodes():
            yield first + start, first + end, source + new, source + new_end


def _turn(before: Sequence[object], after: Sequence[object]) -> int:
    """How many items went from the front to the end, where that is all that happened; else 0."""
    if len(before) != len(after) or len(before) < 2:
        return 0
    turn = next((i for i, item in enumerate(before) if item is after[0]), 0)
    turned = [*before[turn:], *before[:turn]]
    return turn if all(a is b for a, b in zip(turned, after, strict=True)) else 0


def changed_paths(old: Stack, new: Stack) -> tuple[LayerPath, ...]:
    """Where `new` has what `old` had not, or had elsewhere; where it only lacks something, what stands there now.

    An empty tuple: they are the same, or nothing is left. Layers are told by identity, as in `changes`.
    """
    return _changed(old.layers, new.layers, ())


def _changed(old: Sequence[Layer], new: Sequence[Layer], prefix: LayerPath) -> tuple[LayerPath, ...]:
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    if len(before) == len(after) == 1 and (inner := _within(before[0], after[0], (*prefix, start))):
        return inner
    known = {id(layer) for layer in before}
    found = [number for number, layer in enumerate(after, start) if id(layer) not in known]
    if before and after and not found and len(before) == len(after):
        turn = _turn(before, after)
        found = list(range(start, start + len(after)))
        if turn:  # the fewer of those that changed places
            found = found[-turn:] if 2 * turn < len(after) else found[:-turn] if 2 * turn > len(after) else found
    elif not found and (before or after):
        found = [min(start + len(after), len(new) - 1)] if new else []
        if not new and prefix:
            return ((*prefix, 0),)  # the place in the empty branch
    return tuple((*prefix, number) for number in found)


def _within(old: Layer, new: Layer, path: LayerPath) -> tuple[LayerPath, ...]:
    """What changed in the branches of a container of which nothing else did; nothing for other layers."""
    if not isinstance(old, Container) or not isinstance(new, Container) or type(old) is not type(new):
        return ()
    if len(old.branches) != len(new.branches) or old.with_(branches=new.branches) != new:
        return ()
    return tuple(
        place
        for number, (before, after) in enumerate(zip(old.branches, new.branches, strict=True))
        for place in _changed(before.layers, after.layers, (*path, number))
    )


def _common(one: Sequence[object], other: Sequence[object]) -> int:
    """With how many of the same items both begin."""
    pairs = zip(one, other, strict=False)
    return next((number for number, (a, b) in enumerate(pairs) if a is not b), min(len(one), len(other)))
