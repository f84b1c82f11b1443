"""Lets the ranges of an experiment follow their layers when these are inserted, moved, wrapped or removed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from playground.spec.component import Component
from playground.spec.search.places import NoPlace, layer_place, value_at
from playground.spec.search.ranges import LayerChoice, Range, SpaceError
from playground.spec.search.space import SearchSpace

_Path = tuple[int, ...]
Followed = Callable[[_Path], _Path | None]  # where a layer is after an edit; None: it is gone


def moved(space: SearchSpace | None, where: Followed) -> SearchSpace | None:
    """The space with each range at the place where its layer is now, without those of layers that are gone."""
    if space is None:
        return None
    kept: list[Range] = []
    for item in space.ranges:
        path = where(item.path) if item.path else ()
        if path is not None:
            kept.append(item if path == item.path else item.with_(path=path))
    return space.with_(ranges=tuple(kept))


def adopted(space: SearchSpace, where: Followed, before: Component, after: Component) -> SearchSpace:
    """The space in which choices of layers have what an edit made of the layer that stands in their place.

    Without that the layer on the stack would be none of its own options as soon as someone edits it.
    """
    return space.with_(ranges=tuple(_adopted(item, where, before, after) for item in space.ranges))


def _adopted(item: Range, where: Followed, before: Component, after: Component) -> Range:
    path = where(item.path) if isinstance(item, LayerChoice) else None
    if not isinstance(item, LayerChoice) or path is None:
        return item
    try:
        old, new = value_at(before, item.layer), value_at(after, layer_place(path))
    except NoPlace:
        return item
    if old == new or old not in item.options:
        return item
    at = item.options.index(old)
    return item.with_(options=(*item.options[:at], new, *item.options[at + 1 :]))


def with_ranges(space: SearchSpace | None, ranges: Sequence[Range], where: Callable[[_Path], _Path]) -> SearchSpace:
    """The space with more ranges, those of layers that come in, at the places where these are."""
    space = space or SearchSpace()
    return space.with_(ranges=(*space.ranges, *(item.with_(path=where(item.path)) for item in ranges)))


def fitting(space: SearchSpace | None, experiment: Component) -> SearchSpace | None:
    """The space without the ranges that no longer fit: another layer, optimizer or loss has other fields."""
    if space is None:
        return None
    kept = tuple(item for item in space.ranges if _fits(item, experiment))
    return space if len(kept) == len(space.ranges) else space.with_(ranges=kept)


def _fits(item: Range, experiment: Component) -> bool:
    try:
        item.domain(experiment)
    except SpaceError:
        return False
    return True


def after_insertion(at: _Path, count: int) -> Followed:
    """Where layers are after `count` have been inserted in front of `at`."""

    def where(path: _Path) -> _Path:
        return _pushed(path, at, count, beyond=at[-1])

    return where


def after_removal(removed: Sequence[_Path]) -> Followed:
    """Where layers are after those at `removed`, with all in them, have gone."""

    def where(path: _Path) -> _Path | None:
        if any(path[: len(other)] == other for other in removed):
            return None
        steps = list(path)
        for level in range(0, len(path), 2):
            before = {other for other in removed if other[:-1] == path[:level] and other[-1] < path[level]}
            steps[level] -= len(before)
        return tuple(steps)

    return where


def after_move(taken: Sequence[_Path], to: _Path) -> Followed:
    """Where layers are after those at `taken` have gone, and come back in front of `to`, a path after the removal."""
    rest, space = after_removal(taken), after_insertion(to, len(taken))

    def where(path: _Path) -> _Path | None:
        for number, other in enumerate(taken):
            if path[: len(other)] == other:
                return (*to[:-1], to[-1] + number, *path[len(other) :])
        left = rest(path)
        return None if left is None else space(left)

    return where


def after_wrapping(first: _Path, count: int, inside: int) -> Followed:
    """Where layers are after `count` from `first` on went into the first branch of a container, behind `inside`."""
    at, level = first[-1], len(first) - 1

    def where(path: _Path) -> _Path:
        if path[:level] == first[:level] and len(path) > level and at <= path[level] < at + count:
            return (*first, 0, inside + path[level] - at, *path[level + 1 :])
        return _pushed(path, first, 1 - count, beyond=at + count)

    return where


def after_unwrapping(container: _Path, lengths: Sequence[int]) -> Followed:
    """Where layers are after a container, whose branches have these numbers of layers, was replaced by them."""
    at, level = container[-1], len(container) - 1

    def where(path: _Path) -> _Path | None:
        if path == container:
            return None
        if path[: level + 1] == container:
            branch, index = path[level + 1], path[level + 2]
            return (*container[:level], at + sum(lengths[:branch]) + index, *path[level + 3 :])
        return _pushed(path, container, sum(lengths) - 1, beyond=at + 1)

    return where


def _pushed(path: _Path, sibling: _Path, by: int, *, beyond: int) -> _Path:
    """The path moved by so many places, if it goes through the stack of `sibling` at `beyond` or later."""
    level = len(sibling) - 1
    if len(path) <= level or path[:level] != sibling[:level] or path[level] < beyond:
        return path
    return (*path[:level], path[level] + by, *path[level + 1 :])
