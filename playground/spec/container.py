"""The base class of containers: layers that hold stacks, measured by the layers in them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from playground.spec.call import Call, call
from playground.spec.layer import Kind, Layer, Measure, Section, Shape, ShapeMismatch, Stack, Tensor, Trainable
from playground.spec.messages import Message, tr_noop

DEEPEST = 12  # nested containers; limits recursion, and keeps files and forms readable


class Container(Trainable):
    """Base class of layers that hold stacks, one per branch. Each branch receives the container's input."""

    kind: ClassVar[Kind] = Kind.CONTAINER
    section: ClassVar[Section] = Section.CONTAINERS
    fewest_branches: ClassVar[int] = 1
    most_branches: ClassVar[int] = 1
    ends_as_its_body: ClassVar[bool] = False  # whether its output is that of its last layer

    branches: tuple[Stack, ...] = Field((Stack(),), min_length=1, max_length=1, fail_fast=True)

    @cached_property
    def depth(self) -> int:
        """The depth of nested containers, this one included."""
        inner = (layer.depth for branch in self.branches for layer in branch.layers if isinstance(layer, Container))
        return 1 + max(inner, default=0)

    @model_validator(mode="after")
    def _not_too_deep(self) -> Self:
        if self.depth > DEEPEST:
            raise PydanticCustomError("too_deep", tr_noop("more than {most} nested containers"), {"most": DEEPEST})
        return self

    def is_causal(self, shape: Shape) -> bool:
        return True  # the layers in it answer for themselves

    @property
    def is_stochastic(self) -> bool:
        return any(layer.is_stochastic for branch in self.branches for layer in branch.layers if layer.enabled)

    @abstractmethod
    def around(self, shape: Shape, insides: tuple[Measure, ...]) -> Measure:
        """The measure for an input of `shape`, from the measures of its branches.

        Raises:
            ShapeMismatch: the branches do not fit together.
        """

    def fixes(self, shape: Shape, insides: tuple[Measure, ...]) -> Iterator[tuple[Message, Container]]:
        """Candidates to replace it where `around` fails, the best first, each with the text of its button."""
        yield from ()

    def mended(self, shape: Shape, insides: tuple[Measure, ...]) -> tuple[Message, Container] | None:
        """The first of `fixes` that takes `shape`."""
        return next((fix for fix in self.fixes(shape, insides) if fix[1].takes(shape)), None)

    def takes(self, shape: Shape) -> bool:
        """Whether it and all layers in it fit for an input of `shape`."""
        try:
            self.measure(shape)
        except ShapeMismatch:
            return False
        return True

    def measure(self, shape: Shape) -> Measure:
        return self.around(shape, self.insides(shape))

    def insides(self, shape: Shape) -> tuple[Measure, ...]:
        """The measure of each branch for an input of `shape`.

        Raises:
            ShapeMismatch: a layer in it does not fit.
        """
        return tuple(_inside(branch, shape) for branch in self.branches)

    def output_shape(self, shape: Shape) -> Shape:
        return self.measure(shape).output

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return self.measure(shape).calls

    def tensors(self, shape: Shape) -> tuple[Tensor, ...]:
        return self.measure(shape).tensors

    def initialise(self, shape: Shape) -> tuple[tuple[str, Call], ...]:
        return self.measure(shape).initializers

    def flops(self, shape: Shape) -> int:
        return self.measure(shape).flops

    def kept(self, shape: Shape) -> int:
        return self.measure(shape).kept


def unfrozen(layer: Layer) -> Layer:
    """The same layer, with all layers in it, to be trained."""
    if isinstance(layer, Container):
        inner = tuple(Stack(layers=tuple(map(unfrozen, branch.layers))) for branch in layer.branches)
        return layer.with_(branches=inner, frozen=False)
    return layer.with_(frozen=False) if isinstance(layer, Trainable) else layer


def in_order(shape: Shape, parts: Iterable[Measure]) -> Measure:
    """The measure of consecutive layers, with tensors named as in one `torch.nn.Sequential`."""
    whole = Measure(shape)
    for part in parts:
        named = prefixed(part, f"{len(whole.calls)}.")
        whole = Measure(
            part.output,
            whole.calls + part.calls,
            whole.tensors + named.tensors,
            whole.initializers + named.initializers,
            whole.flops + part.flops,
            whole.activations + part.activations,
            whole.modules + part.modules,
            whole.kept + part.kept,
        )
    return whole


def prefixed(part: Measure, prefix: str) -> Measure:
    """The same with `prefix` in front of every tensor's name."""
    tensors = tuple(replace(tensor, name=prefix + tensor.name) for tensor in part.tensors)
    return replace(part, tensors=tensors, initializers=tuple((prefix + name, fill) for name, fill in part.initializers))


def sequential(part: Measure) -> Call:
    """The call of the module for a branch."""
    return call("torch.nn.Sequential", *part.calls)


def _inside(branch: Stack, shape: Shape) -> Measure:
    """The measure of a branch. A mismatch in it carries no fix, because the fix would apply to the inner layer."""
    parts, at = [], shape
    for layer in branch.layers:
        if not layer.enabled:
            continue
        try:
            part = layer.measure(at)
        except ShapeMismatch as mismatch:
            raise ShapeMismatch(mismatch.what, mismatch.expected) from mismatch
        parts.append(part)
        at = part.output
    return in_order(shape, parts)
