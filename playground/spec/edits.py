"""Pure edits: each turns one experiment into another and says in words what it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from playground.spec.experiment import Experiment
from playground.spec.layer import Container, Layer, Stack
from playground.spec.words import Message, say

# Where a layer stands: its index in the root stack; in a container further (branch, index) pairs follow.
Path = tuple[int, ...]


class Edit(Protocol):
    """Something that can be done to an experiment."""

    @property
    def label(self) -> Message:
        """What it does, as the undo menu names it."""

    def apply(self, experiment: Experiment) -> Experiment:
        """Return the experiment after the edit."""


def layer_at(stack: Stack, path: Path) -> Layer:
    """The layer at `path`.

    Raises:
        IndexError: there is none.
    """
    return _siblings(stack, path)[path[-1]]


def _siblings(stack: Stack, path: Path) -> tuple[Layer, ...]:
    """The layers among which `path` points, in the innermost stack it goes through."""
    for index, branch in zip(path[:-1:2], path[1::2], strict=False):
        container = stack.layers[index]
        if not isinstance(container, Container):
            raise IndexError(f"{container.label} at {path} holds no layers")
        stack = container.branches[branch]
    return stack.layers


def _rebuilt(stack: Stack, path: Path, change: Callable[[tuple[Layer, ...]], Sequence[Layer]]) -> Stack:
    """A copy of `stack` in which `change` was applied to the layers among which `path` points."""
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


def _names(layers: Sequence[Layer]) -> str:
    return layers[0].label if len(layers) == 1 else f"{len(layers)} layers"


@dataclass(frozen=True, slots=True)
class Insert:
    """Puts layers in front of `path`; an index one past the end appends."""

    path: Path
    layers: tuple[Layer, ...]

    @property
    def label(self) -> Message:
        return say("Insert {layers}", layers=_names(self.layers))

    def apply(self, experiment: Experiment) -> Experiment:
        at = self.path[-1]
        stack = _rebuilt(experiment.stack, self.path, lambda old: (*old[:at], *self.layers, *old[at:]))
        return experiment.with_(stack=stack)


@dataclass(frozen=True, slots=True)
class Remove:
    """Takes layers out."""

    paths: tuple[Path, ...]

    @property
    def label(self) -> Message:
        return say("Remove a layer") if len(self.paths) == 1 else say("Remove {count} layers", count=len(self.paths))

    def apply(self, experiment: Experiment) -> Experiment:
        leaving: dict[Path, set[int]] = {}
        for path in self.paths:
            leaving.setdefault(path[:-1], set()).add(path[-1])
        stack = experiment.stack
        for parent in sorted(leaving, reverse=True):  # inner and later stacks first, so that other paths stay true

            def without(
                old: tuple[Layer, ...], indexes: frozenset[int] = frozenset(leaving[parent])
            ) -> Sequence[Layer]:
                return [layer for index, layer in enumerate(old) if index not in indexes]

            stack = _rebuilt(stack, (*parent, min(leaving[parent])), without)
        return experiment.with_(stack=stack)


@dataclass(frozen=True, slots=True)
class Move:
    """Moves layers of one stack, kept in order, to stand in front of the layer that is at `to` before the move."""

    paths: tuple[Path, ...]
    to: Path

    @property
    def label(self) -> Message:
        return say("Move a layer") if len(self.paths) == 1 else say("Move {count} layers", count=len(self.paths))

    def apply(self, experiment: Experiment) -> Experiment:
        moved = {path[-1] for path in self.paths if path[:-1] == self.to[:-1]}
        at = self.to[-1]

        def reorder(old: tuple[Layer, ...]) -> Sequence[Layer]:
            before = [layer for i, layer in enumerate(old) if i < at and i not in moved]
            after = [layer for i, layer in enumerate(old) if i >= at and i not in moved]
            return [*before, *(old[i] for i in sorted(moved)), *after]

        return experiment.with_(stack=_rebuilt(experiment.stack, self.to, reorder))


@dataclass(frozen=True, slots=True)
class Replace:
    """Puts another layer, or the same one with other settings, in the place of one."""

    path: Path
    layer: Layer
    label: Message

    def apply(self, experiment: Experiment) -> Experiment:
        at = self.path[-1]
        stack = _rebuilt(experiment.stack, self.path, lambda old: (*old[:at], self.layer, *old[at + 1 :]))
        return experiment.with_(stack=stack)


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
        return value
