"""Unflatten: the reverse of Flatten. Where the count does not match, its fix inserts a Linear."""

from __future__ import annotations

from typing import ClassVar

from playground.spec.call import Call, call
from playground.spec.component import integer
from playground.spec.layer import Kind, Layer, Section, Shape, ShapeMismatch, described, shape_text
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.messages import Message, message, tr_noop


class Unflatten(Layer):
    """`torch.nn.Unflatten` into an image."""

    id: ClassVar[str] = "unflatten"
    label: ClassVar[str] = tr_noop("Unflatten")
    help: ClassVar[str] = tr_noop("Arranges a vector as an image again: channels × height × width.")
    keywords: ClassVar[str] = tr_noop("reshape view image decoder")
    kind: ClassVar[Kind] = Kind.SHAPE
    section: ClassVar[Section] = Section.CORE
    explained: ClassVar[str] = "playground.engine.probes.explained_moves.moved"

    channels: int = integer(16, tr_noop("Channels"), tr_noop("Channels of the image."), ge=1, le=65_536)
    height: int = integer(7, tr_noop("Height"), tr_noop("Rows of the image."), ge=1, le=1024, unit=tr_noop("px"))
    width: int = integer(7, tr_noop("Width"), tr_noop("Columns of the image."), ge=1, le=1024, unit=tr_noop("px"))

    def output_shape(self, shape: Shape) -> Shape:
        size = (self.channels, self.height, self.width)
        count = self.channels * self.height * self.width
        expected = message("a vector of {count:,} numbers", count=count)
        if len(shape) != 1:
            what = message("Unflatten reads vectors, but receives {shape}.", shape=described(shape))
            raise ShapeMismatch(what, expected, before=Flatten())
        if shape != (count,):
            raise ShapeMismatch(
                message("{given:,} numbers do not make an image of {size}.", given=shape[0], size=shape_text(size)),
                expected,
                before=Linear.possible(out_features=count),
            )
        return size

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("torch.nn.Unflatten", 1, (self.channels, self.height, self.width)),)

    def summary(self) -> tuple[Message, ...]:
        return (message("to {shape}", shape=shape_text((self.channels, self.height, self.width))),)
