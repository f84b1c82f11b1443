"""Unflatten: Flatten's reverse, which mends itself with a Linear where the numbers are too few or too many."""

from __future__ import annotations

from typing import ClassVar

from playground.spec.call import Call, call
from playground.spec.component import integer
from playground.spec.layer import Kind, Layer, Mismatch, Section, Shape, described, shape_text
from playground.spec.layers.dense import MOST_UNITS, Linear
from playground.spec.layers.shape import Flatten
from playground.spec.messages import Message, mark, say


class Unflatten(Layer):
    """`torch.nn.Unflatten` into an image."""

    id: ClassVar[str] = "unflatten"
    label: ClassVar[str] = mark("Unflatten")
    help: ClassVar[str] = mark("Lays a row of numbers out as an image again: channels × height × width.")
    keywords: ClassVar[str] = mark("reshape view image decoder")
    kind: ClassVar[Kind] = Kind.SHAPE
    section: ClassVar[Section] = Section.CORE

    channels: int = integer(16, mark("Channels"), mark("How many channels the image has."), ge=1, le=65_536)
    height: int = integer(7, mark("Height"), mark("Rows of the image."), ge=1, le=1024, unit=mark("px"))
    width: int = integer(7, mark("Width"), mark("Columns of the image."), ge=1, le=1024, unit=mark("px"))

    def output_shape(self, shape: Shape) -> Shape:
        size = (self.channels, self.height, self.width)
        count = self.channels * self.height * self.width
        expected = say("a vector of {count:,} numbers", count=count)
        if len(shape) != 1:
            what = say("Unflatten reads vectors, but receives {shape}.", shape=described(shape))
            raise Mismatch(what, expected, before=Flatten())
        if shape != (count,):
            raise Mismatch(
                say("{given:,} numbers do not make an image of {size}.", given=shape[0], size=shape_text(size)),
                expected,
                before=Linear(out_features=count) if count <= MOST_UNITS else None,
            )
        return size

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("torch.nn.Unflatten", 1, (self.channels, self.height, self.width)),)

    def summary(self) -> tuple[Message, ...]:
        return (say("to {shape}", shape=shape_text((self.channels, self.height, self.width))),)
