"""GLU: an activation in which one half of the numbers decides how much of the other half passes."""

from __future__ import annotations

from typing import ClassVar

from playground.spec.call import Call, call
from playground.spec.layer import Layer, Mismatch, Shape
from playground.spec.layers.activation import Nonlinearity
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.words import mark, say


class GLU(Nonlinearity):
    """`torch.nn.GLU` over the first dimension after the batch, which it halves."""

    id: ClassVar[str] = "glu"
    label: ClassVar[str] = mark("GLU")
    help: ClassVar[str] = mark("Multiplies the first half of the channels by the sigmoid of the second, as by gates.")
    keywords: ClassVar[str] = "gated linear unit gate activation halves"

    def output_shape(self, shape: Shape) -> Shape:
        channels, *size = shape
        if channels % 2:
            raise Mismatch(
                say("GLU needs two halves, but receives {count:,} channels.", count=channels)
                if size
                else say("GLU needs two halves, but receives {count:,} numbers.", count=channels),
                say("an even number of them"),
                before=_evener(shape),
            )
        return (channels // 2, *size)

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("torch.nn.GLU", dim=1),)

    def at(self, x: float) -> None:
        return None


def _evener(shape: Shape) -> Layer:
    """What makes one number or channel more out of `shape`, and nothing else of it."""
    count = shape[0] + 1
    return Linear(out_features=count) if len(shape) == 1 else Conv2d(out_channels=count, kernel_size=1)
