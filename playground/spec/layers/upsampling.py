"""Upsampling: more pixels, no weights."""

from __future__ import annotations

from typing import ClassVar, Literal

from playground.spec.call import Call, call
from playground.spec.component import choice, integer
from playground.spec.layer import Kind, Layer, Section, Shape
from playground.spec.layers.window import require_image
from playground.spec.messages import Message, message, tr_noop

_MODES = {"nearest": tr_noop("nearest"), "bilinear": tr_noop("bilinear")}


class Upsample(Layer):
    """`torch.nn.Upsample` by a whole number."""

    id: ClassVar[str] = "upsample"
    label: ClassVar[str] = tr_noop("Upsample")
    help: ClassVar[str] = tr_noop("Enlarges the image: repeats its pixels, or interpolates between them.")
    keywords: ClassVar[str] = tr_noop("upsampling interpolate enlarge resize decoder nearest bilinear")
    kind: ClassVar[Kind] = Kind.POOLING
    section: ClassVar[Section] = Section.IMAGE
    explained: ClassVar[str] = "playground.engine.probes.explained_moves.upsampled"

    scale_factor: int = integer(
        2, tr_noop("Scale"), tr_noop("Factor for height and width (scale_factor)."), ge=1, le=64
    )
    mode: Literal["nearest", "bilinear"] = choice(
        "nearest",
        tr_noop("Mode"),
        tr_noop("How pixels are filled in: with the nearest one, or by linear interpolation in both directions."),
        labels=_MODES,
    )

    def output_shape(self, shape: Shape) -> Shape:
        channels, height, width = require_image(self, shape)
        return (channels, height * self.scale_factor, width * self.scale_factor)

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("torch.nn.Upsample", scale_factor=self.scale_factor, mode=self.mode),)

    def summary(self) -> tuple[Message, ...]:
        return (message("{scale} times", scale=self.scale_factor), message(_MODES[self.mode]))
