"""What a container is: a layer that holds stacks of its own, and is measured by what they come to."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from playground.spec.call import Call, call
from playground.spec.layer import Kind, Layer, Measure, Section, Shape, ShapeMismatch, Stack, Tensor
from playground.spec.messages import Message, tr_noop

DEEPEST = 12  # containers in one another; files and forms stay readable, and nothing runs out of room


class Container(Layer):
    """Part of the family: a layer that holds stacks of its own, one a branch. Each branch is given what it is given."""

    kind: ClassVar[Kind] = Kind.CONTAINER
    section: ClassVar[Section] = Section.CONTAINERS
    fewest_branches: ClassVar[int] = 1
    most_branches: ClassVar[int] = 1
    ends_as_its_body: ClassVar[bool] = False  # whether what comes out is what its last layer put out

    branches: tuple[Stack, ...] = Field((Stack(),), min_length=1, max_length=1, fail_fast=True)

    @cached_property
    def depth(self) -> int:
        """How many containers stand in one another here, this one counted."""
        inner = (layer.depth for branch in self.branches for layer in branch.layers if isinstance(layer, Container))
        return 1 + max(inner, default=0)

    @model_validator(mode="after")
    def _not_too_deep(self) -> Self:
        if self.depth > DEEPEST:
            raise PydanticCustomError(
                "too_deep", tr_noop("more than {most} containers in one another"), {"most": DEEPEST}
            )
        return self

    def is_causal(self, shape: Shape) -> bool:
        return True  # what is in it may, and says so itself

    @property
    def is_stochastic(self) -> bool:
        return any(layer.is_stochastic for branch in self.branches for layer in branch.layers if layer.enabled)

    @abstractmethod
    def around(self, shape: Shape, insides: tuple[Measure, ...]) -> Measure:
        """What it makes of `shape`, from what each branch makes of it.

        Raises:
            ShapeMismatch: that does not go together.
        """

    def fixes(self, shape: Shape, insides: tuple[Measure, ...]) -> Iterator[tuple[Message, Container]]:
        """What could stand in its place where `around` fails, the best first, and what a button calls it."""
        yield from ()

    def mended(self, shape: Shape, insides: tuple[Measure, ...]) -> tuple[Message, Container] | None:
        """The first of the mends that does take `shape`."""
        return next((mend for mend in self.fixes(shape, insides) if mend[1].takes(shape)), None)

    def takes(self, shape: Shape) -> bool:
        """Whether all in it fits when `shape` goes in."""
        try:
            self.measure(shape)
        except ShapeMismatch:
            return False
        return True

    def measure(self, shape: Shape) -> Measure:
        return self.around(shape, self.insides(shape))

    def insides(self, shape: Shape) -> tuple[Measure, ...]:
        """What each branch makes of `shape`.

        Raises:
            ShapeMismatch: something in it does not fit.
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


def in_order(shape: Shape, parts: Iterable[Measure]) -> Measure:
    """What layers come to that stand behind one another: the children of one `torch.nn.Sequential`, and their names."""
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
    """The module that a branch becomes."""
    return call("torch.nn.Sequential", *part.calls)


def _inside(branch: Stack, shape: Shape) -> Measure:
    """What a branch makes of `shape`. A mismatch in it says what does not fit, but no mend: that belongs elsewhere."""
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
