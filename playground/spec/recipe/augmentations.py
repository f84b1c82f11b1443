"""Augmentations: random changes to training images, each image on its own or in pairs."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from playground.spec.call import Call
from playground.spec.call import call as make
from playground.spec.component import Component, proportion, real
from playground.spec.messages import tr_noop


class Augmentation(Component):
    """Base of all augmentations. `call()` names a function of (images, labels, generator) in `engine.data.augment`."""

    reads_labels: ClassVar[bool] = False  # whether it needs the class of an image
    mixes: ClassVar[bool] = False  # whether it turns labels into probabilities; its function also takes `classes`

    @abstractmethod
    def call(self) -> Call:
        """The function with its settings, without its first three arguments."""


def _alpha(default: float) -> Any:
    words = tr_noop("Of the Beta distribution of the blend: small leaves most images nearly whole, 1 is uniform.")
    return real(default, tr_noop("Alpha"), words, ge=0.05, le=10.0, logarithmic=True)


_WARP = "playground.engine.data.augment.warp.warp"


class Shift(Augmentation):
    """Moves images by up to `pixels` in both directions."""

    id: ClassVar[str] = "shift"
    label: ClassVar[str] = tr_noop("Shift")
    help: ClassVar[str] = tr_noop("Moves each image by up to this many pixels, both ways.")

    pixels: float = real(
        2.0, tr_noop("Pixels"), tr_noop("Largest move in each direction."), ge=0.0, le=14.0, unit=tr_noop("px")
    )

    def call(self) -> Call:
        return make(_WARP, shift=self.pixels)


class Flip(Augmentation):
    """Mirrors a share of the images left to right."""

    id: ClassVar[str] = "flip"
    label: ClassVar[str] = tr_noop("Flip")
    help: ClassVar[str] = tr_noop(
        "Mirrors images left to right: photographs stay what they were. Unsuitable for digits and letters."
    )
    keywords: ClassVar[str] = tr_noop("mirror horizontal photograph")

    share: float = proportion(0.5, tr_noop("Share"), tr_noop("Share of the images mirrored."))

    def call(self) -> Call:
        return make("playground.engine.data.augment.flip.flip", **self.values())


class Rotate(Augmentation):
    """Rotates images by up to `degrees` either way."""

    id: ClassVar[str] = "rotate"
    label: ClassVar[str] = tr_noop("Rotate")
    help: ClassVar[str] = tr_noop("Turns each image about its middle, either way. Beware: a 6 turned far is a 9.")

    degrees: float = real(
        15.0, tr_noop("Degrees"), tr_noop("Largest turn either way."), ge=0.0, le=180.0, unit=tr_noop("°")
    )

    def call(self) -> Call:
        return make(_WARP, degrees=self.degrees)


class Scale(Augmentation):
    """Enlarges or shrinks images by up to `amount`."""

    id: ClassVar[str] = "scale"
    label: ClassVar[str] = tr_noop("Scale")
    help: ClassVar[str] = tr_noop("Makes each image larger or smaller by up to this share.")

    amount: float = proportion(0.15, tr_noop("Amount"), tr_noop("15 % is 85 % to 115 % of the size."), le=0.9)

    def call(self) -> Call:
        return make(_WARP, scale=self.amount)


class Shear(Augmentation):
    """Slants images by up to `amount`, the tangent of the angle."""

    id: ClassVar[str] = "shear"
    label: ClassVar[str] = tr_noop("Shear")
    help: ClassVar[str] = tr_noop("Slants each image, as handwriting leans.")

    amount: float = real(0.25, tr_noop("Amount"), tr_noop("Tangent of the largest slant."), ge=0.0, le=1.0)

    def call(self) -> Call:
        return make(_WARP, shear=self.amount)


class Elastic(Augmentation):
    """Distorts images by a smooth random field (Simard, Steinkraus and Platt, 2003)."""

    id: ClassVar[str] = "elastic"
    label: ClassVar[str] = tr_noop("Elastic distortion")
    help: ClassVar[str] = tr_noop("Bends each image as if it were drawn on rubber.")
    keywords: ClassVar[str] = tr_noop("deform wobble simard")

    alpha: float = real(
        34.0,
        tr_noop("Strength"),
        tr_noop("Factor of the random field, in pixels."),
        ge=0.0,
        le=200.0,
        unit=tr_noop("px"),
    )
    sigma: float = real(
        4.0,
        tr_noop("Smoothness"),
        tr_noop("How far the field is smoothed; little is a tremble, much is a slow bend."),
        ge=0.5,
        le=14.0,
        unit=tr_noop("px"),
    )

    def call(self) -> Call:
        return make("playground.engine.data.augment.elastic.elastic", **self.values())


class Stroke(Augmentation):
    """Thickens or thins the strokes of a share of the images, each by its own random amount."""

    id: ClassVar[str] = "stroke"
    label: ClassVar[str] = tr_noop("Thicken and thin")
    help: ClassVar[str] = tr_noop("Makes strokes thicker or thinner, so that the pen does not matter.")
    keywords: ClassVar[str] = tr_noop("dilate dilation erode erosion pen width stroke")

    share: float = proportion(
        0.5, tr_noop("Share"), tr_noop("Share of the images changed: half of these thicker, half thinner.")
    )
    thicken: float = real(
        1.0, tr_noop("Thicken"), tr_noop("The most a stroke gains on each side."), ge=0.0, le=1.0, unit=tr_noop("px")
    )
    thin: float = real(
        0.7,
        tr_noop("Thin"),
        tr_noop("The most by which strokes are worn away; at less than 1 none is lost altogether."),
        ge=0.0,
        le=0.9,
    )

    def call(self) -> Call:
        return make("playground.engine.data.augment.stroke.stroke", **self.values())


class Handwriting(Augmentation):
    """Draws handwritten forms that are rare in MNIST onto its digits."""

    id: ClassVar[str] = "handwriting"
    label: ClassVar[str] = tr_noop("Handwriting forms")
    help: ClassVar[str] = tr_noop(
        "Gives digits forms that people write and MNIST hardly has: flagged 1s, crossed 7s, curled 9s, open 4s."
    )
    keywords: ClassVar[str] = tr_noop("drawing forms flag bar tail reader")
    reads_labels: ClassVar[bool] = True

    ones: float = proportion(
        0.6, tr_noop("Flagged 1s"), tr_noop("Share of the 1s that get a flag, some of them also a base.")
    )
    sevens: float = proportion(0.4, tr_noop("Crossed 7s"), tr_noop("Share of the 7s that get a bar across the stem."))
    nines: float = proportion(0.5, tr_noop("Curled 9s"), tr_noop("Share of the 9s that get a tail curling left."))
    turned_sixes: float = proportion(
        0.25, tr_noop("Turned 6s"), tr_noop("Share of the 6s that are turned by half a circle and become 9s.")
    )
    redrawn: float = proportion(
        0.15,
        tr_noop("Redrawn"),
        tr_noop("Share of the 4s, 7s, 8s and 9s replaced by a newly drawn one of another form."),
    )

    def call(self) -> Call:
        return make("playground.engine.data.augment.handwriting.handwriting", **self.values())


class Noise(Augmentation):
    """Adds Gaussian noise."""

    id: ClassVar[str] = "noise"
    label: ClassVar[str] = tr_noop("Noise")
    help: ClassVar[str] = tr_noop("Adds Gaussian noise to every pixel.")
    keywords: ClassVar[str] = tr_noop("gaussian grain")

    amount: float = real(
        0.2, tr_noop("Amount"), tr_noop("Largest standard deviation; black is 0 and white is 1."), ge=0.0, le=2.0
    )

    def call(self) -> Call:
        return make("playground.engine.data.augment.noise_and_erase.noise", **self.values())


class Blur(Augmentation):
    """Blurs images with a Gaussian of up to `sigma`."""

    id: ClassVar[str] = "blur"
    label: ClassVar[str] = tr_noop("Blur")
    help: ClassVar[str] = tr_noop("Blurs each image by its own random amount.")
    keywords: ClassVar[str] = tr_noop("gaussian soft defocus")

    sigma: float = real(
        1.0,
        tr_noop("Sigma"),
        tr_noop("Largest standard deviation of the Gaussian."),
        ge=0.0,
        le=7.0,
        unit=tr_noop("px"),
    )

    def call(self) -> Call:
        return make("playground.engine.data.augment.blur.blur", **self.values())


class Erase(Augmentation):
    """Erases a random rectangle in images (Zhong et al., 2020, arXiv:1708.04896)."""

    id: ClassVar[str] = "erase"
    label: ClassVar[str] = tr_noop("Erasing")
    help: ClassVar[str] = tr_noop("Blackens a random rectangle in a share of the images.")
    keywords: ClassVar[str] = tr_noop("cutout random erasing occlusion hole")

    share: float = proportion(0.5, tr_noop("Share"), tr_noop("Share of the images changed."))
    area: float = proportion(0.2, tr_noop("Area"), tr_noop("Largest share of an image that is erased."), ge=0.02)

    def call(self) -> Call:
        return make("playground.engine.data.augment.noise_and_erase.erase", **self.values())


class Mixup(Augmentation):
    """Blends pairs of images and their targets (Zhang et al., 2018, arXiv:1710.09412)."""

    id: ClassVar[str] = "mixup"
    label: ClassVar[str] = tr_noop("Mixup")
    help: ClassVar[str] = tr_noop(
        "Blends pairs of images and their targets: three parts 4 and one part 9. The network becomes less confident."
    )
    keywords: ClassVar[str] = tr_noop("blend interpolate beta soft targets pairs")
    mixes: ClassVar[bool] = True

    share: float = proportion(1.0, tr_noop("Share"), tr_noop("Share of the images that are blended."))
    alpha: float = _alpha(0.2)

    def call(self) -> Call:
        return make("playground.engine.data.augment.mix.mixup", **self.values())


class CutMix(Augmentation):
    """Pastes a rectangle of one image into another, targets blended by area (Yun et al., 2019, arXiv:1905.04899)."""

    id: ClassVar[str] = "cutmix"
    label: ClassVar[str] = tr_noop("CutMix")
    help: ClassVar[str] = tr_noop("Puts a rectangle cut from another image into an image; targets are blended by area.")
    keywords: ClassVar[str] = tr_noop("patch paste rectangle beta soft targets pairs")
    mixes: ClassVar[bool] = True

    share: float = proportion(0.5, tr_noop("Share"), tr_noop("Share of the images that get a rectangle."))
    alpha: float = _alpha(1.0)

    def call(self) -> Call:
        return make("playground.engine.data.augment.mix.cutmix", **self.values())


def pipeline(augmentations: tuple[Augmentation, ...], classes: int | None = None) -> tuple[Call, ...]:
    """Calls to run in sequence; adjacent calls of one function with different arguments are merged.

    So shift, rotate, scale and shear in a row resample an image once instead of four times. Augmentations that mix
    images are given the number of `classes`.
    """
    merged: list[Call] = []
    for augmentation in augmentations:
        call = augmentation.call()
        if augmentation.mixes:
            call = Call(call.target, (), (("classes", classes), *call.kwargs))
        last = merged[-1] if merged else None
        if last and last.target == call.target and not dict(last.kwargs).keys() & dict(call.kwargs).keys():
            merged[-1] = Call(call.target, (), last.kwargs + call.kwargs)
        else:
            merged.append(call)
    return tuple(merged)
