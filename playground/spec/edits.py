"""Edits: pure functions from experiment to experiment, each with a label for the undo menu."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from playground.spec.container import Container
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Stack
from playground.spec.messages import Message, message, plural
from playground.spec.search.range_paths import (
    Followed,
    adopted,
    after_insertion,
    after_move,
    after_removal,
    after_unwrapping,
    after_wrapping,
    fitting,
    moved,
    with_ranges,
)
from playground.spec.search.ranges import Range

# The position of a layer: its index in the root stack; in a container, further (branch, index) pairs follow.
LayerPath = tuple[int, ...]


class Edit(Protocol):
    """A change of an experiment."""

    @property
    def label(self) -> Message:
        """The text in the undo menu."""

    def apply(self, experiment: Experiment) -> Experiment:
        """Return the experiment after the edit."""


def layer_at(stack: Stack, path: LayerPath) -> Layer:
    """The layer at `path`.

    Raises:
        IndexError: there is none.
    """
    return siblings(stack, path)[path[-1]]


def siblings(stack: Stack, path: LayerPath) -> tuple[Layer, ...]:
    """The layers of the innermost stack on `path`."""
    for index, branch in zip(path[:-1:2], path[1::2], strict=False):
        container = stack.layers[index]
        if not isinstance(container, Container):
            raise IndexError(f"{container.label} at {path} holds no layers")
        stack = container.branches[branch]
    return stack.layers


def _rebuilt(stack: Stack, path: LayerPath, change: Callable[[tuple[Layer, ...]], Sequence[Layer]]) -> Stack:
    """A copy of `stack` with `change` applied to the layers of the innermost stack on `path`."""
    if len(path) == 1:
        return Stack(layers=tuple(change(stack.layers)))
    index, branch, *rest = path
    container = stack.layers[index]
    if not isinstance(container, Container):
        raise IndexError(f"{container.label} at {path} holds no layers")
    inner = _rebuilt(container.branches[branch], tuple(rest), change)
    branches = (*container.branches[:branch], inner, *container.branches[branch + 1 :])
    layers = (*stack.layers[:index], container.with_(branches=branches), *stack.layers[index + 1 :])
    return Stack(layers=layers)


def outermost(paths: Sequence[LayerPath]) -> tuple[LayerPath, ...]:
    """The paths that are not inside another of them, in the order of the stack."""
    kept: list[LayerPath] = []
    for path in sorted(set(paths)):
        if not kept or path[: len(kept[-1])] != kept[-1]:
            kept.append(path)
    return tuple(kept)


def shifted(path: LayerPath, removed: Sequence[LayerPath]) -> LayerPath:
    """`path` after the removal of the layers at `removed`, none of which may contain it."""
    steps = list(path)
    for other in removed:
        last = len(other) - 1
        if other[:-1] == path[:last] and other[-1] < path[last]:
            steps[last] -= 1
    return tuple(steps)


def span(paths: Sequence[LayerPath]) -> tuple[LayerPath, int]:
    """The first path and the count of the layers that span `paths`, in the innermost stack that holds them all."""
    first, last = min(paths), max(paths)
    level = 0
    while level + 2 < min(map(len, paths)) and all(path[: level + 2] == first[: level + 2] for path in paths):
        level += 2
    return first[: level + 1], last[level] - first[level] + 1


def _names(layers: Sequence[Layer]) -> Message:
    return message(layers[0].label) if len(layers) == 1 else message("{count:,} layers", count=len(layers))


def _with_stack(experiment: Experiment, stack: Stack, where: Followed) -> Experiment:
    """The experiment with another stack, in which its ranges follow their layers, or go with them."""
    if experiment.search is None:
        return experiment.with_(stack=stack)
    changed = experiment.with_(stack=stack)
    space = moved(adopted(experiment.search, where, experiment, changed), where)
    return changed.with_(search=fitting(space, changed))


@dataclass(frozen=True, slots=True)
class Insert:
    """Inserts layers in front of `path`; an index one past the end appends.

    `ranges` are what a search may change in them; their paths begin with the index of the layer among `layers`.
    """

    path: LayerPath
    layers: tuple[Layer, ...]
    ranges: tuple[Range, ...] = ()

    @property
    def label(self) -> Message:
        return message("Insert {layers}", layers=_names(self.layers))

    def apply(self, experiment: Experiment) -> Experiment:
        at = self.path[-1]
        stack = _rebuilt(experiment.stack, self.path, lambda old: (*old[:at], *self.layers, *old[at:]))
        changed = _with_stack(experiment, stack, after_insertion(self.path, len(self.layers)))
        if not self.ranges:
            return changed
        space = with_ranges(changed.search, self.ranges, lambda path: (*self.path[:-1], at + path[0], *path[1:]))
        return changed.with_(search=fitting(space, changed))


@dataclass(frozen=True, slots=True)
class Remove:
    """Removes layers."""

    paths: tuple[LayerPath, ...]

    @property
    def label(self) -> Message:
        return plural("Remove {count:,} layers", "Remove a layer", len(self.paths))

    def apply(self, experiment: Experiment) -> Experiment:
        leaving: dict[LayerPath, set[int]] = {}
        for path in self.paths:
            leaving.setdefault(path[:-1], set()).add(path[-1])
        stack = experiment.stack
        for parent in sorted(leaving, reverse=True):  # inner and later stacks first, so that other paths stay valid

            def without(
                old: tuple[Layer, ...], indexes: frozenset[int] = frozenset(leaving[parent])
            ) -> Sequence[Layer]:
                return [layer for index, layer in enumerate(old) if index not in indexes]

            stack = _rebuilt(stack, (*parent, min(leaving[parent])), without)
        return _with_stack(experiment, stack, after_removal(outermost(self.paths)))


@dataclass(frozen=True, slots=True)
class Move:
    """Moves layers, in their order, in front of the layer that is at `to` before the move.

    They may come from any stack and go into any other. A move into one of the layers themselves does nothing.
    """

    paths: tuple[LayerPath, ...]
    to: LayerPath

    @property
    def label(self) -> Message:
        return plural("Move {count:,} layers", "Move a layer", len(self.paths))

    def apply(self, experiment: Experiment) -> Experiment:
        paths = outermost(self.paths)
        if any(self.to[: len(path)] == path and len(self.to) > len(path) for path in paths):
            return experiment
        layers = tuple(layer_at(experiment.stack, path) for path in paths)
        to = shifted(self.to, paths)
        stack = Insert(to, layers).apply(Remove(paths).apply(experiment.with_(search=None))).stack
        return _with_stack(experiment, stack, after_move(paths, to))


@dataclass(frozen=True, slots=True)
class Wrap:
    """Puts layers into the first branch of a container, which takes their position.

    Where they come from several stacks, the layers of the innermost stack that holds them all are wrapped, including
    those in between, so that the order of the network stays the same.
    """

    paths: tuple[LayerPath, ...]
    container: Container

    @property
    def label(self) -> Message:
        return message("Wrap in {container}", container=message(self.container.label))

    @property
    def destination(self) -> LayerPath:
        """The path that the container will have."""
        return span(self.paths)[0]

    def apply(self, experiment: Experiment) -> Experiment:
        first, count = span(self.paths)
        at = first[-1]

        def wrapped(old: tuple[Layer, ...]) -> Sequence[Layer]:
            inner, *others = self.container.branches
            whole = Stack(layers=(*inner.layers, *old[at : at + count]))
            return [*old[:at], self.container.with_(branches=(whole, *others)), *old[at + count :]]

        where = after_wrapping(first, count, len(self.container.branches[0].layers))
        return _with_stack(experiment, _rebuilt(experiment.stack, first, wrapped), where)


@dataclass(frozen=True, slots=True)
class Unwrap:
    """Replaces a container by its layers, branch after branch."""

    path: LayerPath
    container: str  # its label

    @property
    def label(self) -> Message:
        return message("Unwrap {container}", container=message(self.container))

    def apply(self, experiment: Experiment) -> Experiment:
        container, at = layer_at(experiment.stack, self.path), self.path[-1]
        if not isinstance(container, Container):
            raise IndexError(f"{container.label} at {self.path} holds no layers")
        inner = tuple(layer for branch in container.branches for layer in branch.layers)
        stack = _rebuilt(experiment.stack, self.path, lambda old: (*old[:at], *inner, *old[at + 1 :]))
        lengths = [len(branch.layers) for branch in container.branches]
        return _with_stack(experiment, stack, after_unwrapping(self.path, lengths))


@dataclass(frozen=True, slots=True)
class Replace:
    """Replaces a layer by another, or by the same one with other settings."""

    path: LayerPath
    layer: Layer
    label: Message

    def apply(self, experiment: Experiment) -> Experiment:
        at = self.path[-1]
        stack = _rebuilt(experiment.stack, self.path, lambda old: (*old[:at], self.layer, *old[at + 1 :]))
        return _with_stack(experiment, stack, lambda path: path)


@dataclass(frozen=True, slots=True)
class Set:
    """Sets one field outside the stack, named from the experiment down: `("recipe", "optimizer", "lr")`."""

    field: tuple[str, ...]
    value: Any
    label: Message

    def apply(self, experiment: Experiment) -> Experiment:
        owners: list[Any] = [experiment]
        for name in self.field[:-1]:
            owners.append(getattr(owners[-1], name))
        value = self.value
        for owner, name in zip(reversed(owners), reversed(self.field), strict=True):
            value = owner.with_(**{name: value})
        assert isinstance(value, Experiment)
        return value.with_(search=fitting(value.search, value)) if experiment.search is not None else value
