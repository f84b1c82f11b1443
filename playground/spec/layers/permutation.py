"""Permute: reorders the dimensions, for example to make a sequence's features the channels of a convolution."""

from __future__ import annotations

from typing import ClassVar, Literal

from playground.spec.call import Call, call
from playground.spec.component import choice
from playground.spec.layer import Kind, Layer, Section, Shape, ShapeMismatch, described
from playground.spec.messages import Message, message, tr_noop

_ORDERS = {
    "reversed": tr_noop("reversed"),
    "last_two": tr_noop("last two swapped"),
    "first_last": tr_noop("first goes last"),
    "last_first": tr_noop("last goes first"),
}


class Permute(Layer):
    """`torch.Tensor.permute` of a sequence's two or an image's three dimensions."""

    id: ClassVar[str] = "permute"
    label: ClassVar[str] = tr_noop("Permute")
    help: ClassVar[str] = tr_noop(
        "Puts the dimensions in another order. Recurrent layers and attention read steps × features, Conv1d reads "
        "channels × length: this turns one into the other."
    )
    keywords: ClassVar[str] = tr_noop("transpose swap dimensions axes")
    kind: ClassVar[Kind] = Kind.SHAPE
    section: ClassVar[Section] = Section.CORE
    sort_order: ClassVar[int] = 1
    explained: ClassVar[str] = "playground.engine.probes.explained_moves.moved"

    order: Literal["reversed", "last_two", "first_last", "last_first"] = choice(
        "reversed",
        tr_noop("Order"),
        tr_noop("The new order of the dimensions; two dimensions have only one other order."),
        labels=_ORDERS,
    )

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) == 1:
            raise ShapeMismatch(
                message("Permute has nothing to swap in {shape}.", shape=described(shape)),
                message("a sequence or an image"),
            )
        return tuple(shape[dim - 1] for dim in self._dims(shape))

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("playground.engine.modules.permute.Permute", *self._dims(shape)),)

    def summary(self) -> tuple[Message, ...]:
        return (message(_ORDERS[self.order]),)

    def _dims(self, shape: Shape) -> tuple[int, ...]:
        """The dimensions in their new order, counted from 1."""
        dims = tuple(range(1, len(shape) + 1))
        match self.order:
            case "reversed":
                return dims[::-1]
            case "last_two":
                return (*dims[:-2], dims[-1], dims[-2])
            case "first_last":
                return (*dims[1:], dims[0])
            case "last_first":
                return (dims[-1], *dims[:-1])
