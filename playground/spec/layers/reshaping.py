"""Reshape: the same numbers in another shape of the same size."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from playground.spec.call import Call, call
from playground.spec.component import integer
from playground.spec.layer import Kind, Layer, Section, Shape, ShapeMismatch, described, shape_text
from playground.spec.messages import Message, message, tr_noop

LONGEST = 1_000_000  # most numbers in one dimension


class Reshape(Layer):
    """`torch.nn.Flatten` and `torch.nn.Unflatten` into a vector, a sequence or an image."""

    id: ClassVar[str] = "reshape"
    label: ClassVar[str] = tr_noop("Reshape")
    help: ClassVar[str] = tr_noop(
        "Arranges the same numbers, in the same order, in another shape: a vector, a sequence (steps × features) "
        "or an image (channels × height × width)."
    )
    keywords: ClassVar[str] = tr_noop("view unflatten sequence image")
    kind: ClassVar[Kind] = Kind.SHAPE
    section: ClassVar[Section] = Section.CORE
    sort_order: ClassVar[int] = 1
    explained: ClassVar[str] = "playground.engine.probes.explained_moves.moved"

    first: int = integer(28, tr_noop("First"), tr_noop("Length of the first dimension."), ge=1, le=LONGEST)
    second: int = integer(
        28, tr_noop("Second"), tr_noop("Length of the second dimension; 0 leaves it out."), ge=0, le=LONGEST
    )
    third: int = integer(
        0, tr_noop("Third"), tr_noop("Length of the third dimension; 0 leaves it out."), ge=0, le=LONGEST
    )

    @property
    def size(self) -> Shape:
        """The shape that comes out."""
        return tuple(length for length in (self.first, self.second, self.third) if length)

    def is_causal(self, shape: Shape) -> bool:
        return (
            len(self.size) == 2 and self.first >= shape[0]
        )  # with more, shorter steps no number moves to an earlier step

    def output_shape(self, shape: Shape) -> Shape:
        count = prod(shape)
        if prod(self.size) != count:
            raise ShapeMismatch(
                message(
                    "The numbers in {given} do not make {size}.", given=described(shape), size=described(self.size)
                ),
                message("a shape of {count:,} numbers", count=count),
                instead=self._fitting(count),
            )
        return self.size

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        flat = () if len(shape) == 1 else (call("torch.nn.Flatten"),)
        if len(self.size) == 1:
            return flat or (call("torch.nn.Identity"),)
        return (*flat, call("torch.nn.Unflatten", 1, self.size))

    def summary(self) -> tuple[Message, ...]:
        return (message("to {shape}", shape=shape_text(self.size)),)

    def _fitting(self, count: int) -> Layer | None:
        """The same with another first dimension where `count` is divisible by the rest, else a vector."""
        rest = prod(self.size[1:])
        return (reshaped(count // rest, *self.size[1:]) if count % rest == 0 else None) or reshaped(count)


def reshaped(*size: int) -> Reshape | None:
    """The layer that gives that shape; None where a length is 0 or above `LONGEST`."""
    if not all(1 <= length <= LONGEST for length in size):
        return None
    first, second, third = (*size, 0, 0)[:3]
    return Reshape(first=first, second=second, third=third)
