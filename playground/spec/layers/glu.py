"""GLU: an activation in which the sigmoid of one half of the numbers gates the other half."""

from __future__ import annotations

from typing import ClassVar

from playground.spec.call import Call, call
from playground.spec.layer import Layer, Shape, ShapeMismatch
from playground.spec.layers.activation import Nonlinearity
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.messages import message, tr_noop


class GLU(Nonlinearity):
    """`torch.nn.GLU`, which halves a vector, the features of a sequence or the channels of an image."""

    id: ClassVar[str] = "glu"
    label: ClassVar[str] = tr_noop("GLU")
    help: ClassVar[str] = tr_noop(
        "Multiplies the first half of the channels (of a sequence, of the features of each step) by the sigmoid of the "
        "second."
    )
    keywords: ClassVar[str] = tr_noop("gated linear unit gate activation halves")
    explained: ClassVar[str] = "playground.engine.probes.explained_choices.glu"

    def output_shape(self, shape: Shape) -> Shape:
        dim = _halved(shape) - 1
        if shape[dim] % 2:
            raise ShapeMismatch(
                message(_ODD[len(shape)], count=shape[dim]),
                message("an even number of them"),
                before=_one_more(shape),
            )
        return (*shape[:dim], shape[dim] // 2, *shape[dim + 1 :])

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("torch.nn.GLU", dim=_halved(shape)),)

    def at(self, x: float) -> None:
        return None


_ODD = {  # by the number of dimensions
    1: tr_noop("GLU needs two halves, but receives {count:,} numbers."),
    2: tr_noop("GLU needs two halves, but receives {count:,} features."),
    3: tr_noop("GLU needs two halves, but receives {count:,} channels."),
}


def _halved(shape: Shape) -> int:
    """The dimension, counted from 1, that is halved: the features of a sequence, or the first."""
    return 2 if len(shape) == 2 else 1


def _one_more(shape: Shape) -> Layer | None:
    """The layer that gives one more number, feature or channel than `shape` has, and keeps its other dimensions."""
    count = shape[_halved(shape) - 1] + 1
    if len(shape) == 3:
        return Conv2d.possible(out_channels=count, kernel_size=1)
    return Linear.possible(out_features=count)
