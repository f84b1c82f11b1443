"""Augmentations: training images changed at random each time they are seen, each on its own."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from playground.spec.call import Call
from playground.spec.call import call as make
from playground.spec.component import Component, real
from playground.spec.words import mark


class Augmentation(Component):
    """The family. `call()` names a function of (images, labels, generator) in `playground.engine.augment`."""

    @abstractmethod
    def call(self) -> Call:
        """The function with its settings; its first three arguments are left out."""


_WARP = "playground.engine.augment.warp.warp"


class Shift(Augmentation):
    """Moves by up to `pixels` in both directions."""

    id: ClassVar[str] = "shift"
    label: ClassVar[str] = mark("Shift")
    help: ClassVar[str] = mark("Moves each image by up to this many pixels, both ways.")

    pixels: float = real(2.0, mark("Pixels"), mark("Largest move in each direction."), ge=0.0, le=14.0, unit="px")

    def call(self) -> Call:
        return make(_WARP, shift=self.pixels)


class Rotate(Augmentation):
    """Turns by up to `degrees` either way."""

    id: ClassVar[str] = "rotate"
    label: ClassVar[str] = mark("Rotate")
    help: ClassVar[str] = mark("Turns each image about its middle, either way. Beware: a 6 turned far is a 9.")

    degrees: float = real(15.0, mark("Degrees"), mark("Largest turn either way."), ge=0.0, le=180.0, unit="°")

    def call(self) -> Call:
        return make(_WARP, degrees=self.degrees)


class Scale(Augmentation):
    """Enlarges or shrinks by up to `amount`."""

    id: ClassVar[str] = "scale"
    label: ClassVar[str] = mark("Scale")
    help: ClassVar[str] = mark("Makes each image larger or smaller by up to this share.")

    amount: float = real(0.15, mark("Amount"), mark("0.15 is 85 % to 115 % of the size."), ge=0.0, le=0.9)

    def call(self) -> Call:
        return make(_WARP, scale=self.amount)


class Shear(Augmentation):
    """Slants by up to `amount`, the tangent of the angle."""

    id: ClassVar[str] = "shear"
    label: ClassVar[str] = mark("Shear")
    help: ClassVar[str] = mark("Slants each image, as handwriting leans.")

    amount: float = real(0.25, mark("Amount"), mark("Tangent of the largest slant."), ge=0.0, le=1.0)

    def call(self) -> Call:
        return make(_WARP, shear=self.amount)


def pipeline(augmentations: tuple[Augmentation, ...]) -> tuple[Call, ...]:
    """The calls that run one after another; neighbours that call one function with different arguments become one.

    So shift, rotate, scale and shear in a row resample an image once instead of four times.
    """
    merged: list[Call] = []
    for call in (augmentation.call() for augmentation in augmentations):
        last = merged[-1] if merged else None
        if last and last.target == call.target and not dict(last.kwargs).keys() & dict(call.kwargs).keys():
            merged[-1] = Call(call.target, (), last.kwargs + call.kwargs)
        else:
            merged.append(call)
    return tuple(merged)
