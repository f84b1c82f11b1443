"""The ways to spoil pictures by degrees, as they are offered, named and explained."""

from __future__ import annotations

from dataclasses import dataclass

from playground.spec.data.dataset import Dataset
from playground.spec.messages import tr_noop

_WIDTH = 28  # pixels of the picture for which ranges in pixels are declared


@dataclass(frozen=True, slots=True)
class Corruption:
    """One way; `engine.data.augment.corruptions` has its function by `id`. Pictures lie in [0, 1], 0 is background."""

    id: str
    label: str
    help: str
    low: float  # the range, in `unit`
    high: float
    neutral: float  # leaves every bit as it is
    step: float  # between two values of a curve
    fine: float  # between two values of a slider
    unit: str = ""
    in_pixels: bool = False  # whether the range grows with the picture
    moves: bool = False  # whether what is seen moves, and with it targets that are pictures
    grey: bool = False  # whether it needs pictures with one channel
    classes: bool = False  # whether it would make targets that are pictures wrong

    def magnified(self, width: int) -> int:
        """The factor of the range for pictures of this width."""
        return max(1, round(width / _WIDTH)) if self.in_pixels else 1

    def values(self, width: int) -> tuple[float, ...]:
        """The values of a curve, `neutral` among them, ascending."""
        return self._spaced(self.step, width)

    def slider_values(self, width: int) -> tuple[float, ...]:
        """The values of a slider, `neutral` among them, ascending."""
        return self._spaced(self.fine, width)

    def _spaced(self, step: float, width: int) -> tuple[float, ...]:
        first, last = (round((end - self.neutral) / step) for end in (self.low, self.high))
        scale = self.magnified(width)
        return tuple(scale * round(self.neutral + number * step, 6) for number in range(first, last + 1))


CORRUPTIONS = (
    Corruption(
        "rotation",
        tr_noop("Rotation"),
        tr_noop("Turns the picture about its middle, clockwise above 0. Beware: a 6 turned far is a 9."),
        -90.0,
        90.0,
        0.0,
        15.0,
        1.0,
        tr_noop("°"),
        moves=True,
    ),
    Corruption(
        "shift",
        tr_noop("Shift"),
        tr_noop("Moves the picture to the right, below 0 to the left."),
        -12.0,
        12.0,
        0.0,
        2.0,
        0.5,
        tr_noop("px"),
        in_pixels=True,
        moves=True,
    ),
    Corruption(
        "shift_down",
        tr_noop("Shift down"),
        tr_noop("Moves the picture down, below 0 up."),
        -12.0,
        12.0,
        0.0,
        2.0,
        0.5,
        tr_noop("px"),
        in_pixels=True,
        moves=True,
    ),
    Corruption(
        "scale",
        tr_noop("Scale"),
        tr_noop("Makes the picture larger, below 1 smaller, about its middle."),
        0.4,
        1.6,
        1.0,
        0.1,
        0.02,
        tr_noop("×"),
        moves=True,
    ),
    Corruption(
        "shear",
        tr_noop("Shear"),
        tr_noop("Slants the picture; the value is the tangent of the angle."),
        -0.9,
        0.9,
        0.0,
        0.15,
        0.03,
        moves=True,
    ),
    Corruption(
        "noise",
        tr_noop("Noise"),
        tr_noop(
            "Adds Gaussian noise of this standard deviation; black is 0 and white is 1. It is always the same noise."
        ),
        0.0,
        1.2,
        0.0,
        0.1,
        0.02,
    ),
    Corruption(
        "blur",
        tr_noop("Blur"),
        tr_noop("Blurs the picture with a Gaussian of this standard deviation."),
        0.0,
        3.6,
        0.0,
        0.3,
        0.1,
        tr_noop("px"),
        in_pixels=True,
    ),
    Corruption(
        "thickness",
        tr_noop("Thickness"),
        tr_noop("Adds this many pixels of ink to each side of the strokes, below 0 takes them away."),
        -1.0,
        3.0,
        0.0,
        0.25,
        0.125,
        tr_noop("px"),
        grey=True,
        classes=True,
    ),
    Corruption(
        "contrast",
        tr_noop("Contrast"),
        tr_noop("Multiplies the distance of every pixel from the mean brightness of the picture."),
        0.0,
        2.0,
        1.0,
        0.125,
        0.025,
        tr_noop("×"),
    ),
)


def corruptions_of(data: Dataset) -> tuple[Corruption, ...]:
    """Those that suit the samples of a data set; none where they are no pictures."""
    shape, task = data.sample_shape, data.task
    if data.over_plane or len(shape) != 3 or shape[0] not in (1, 3):
        return ()
    to_pictures = len(task.output) == 3
    follows = not to_pictures or task.output[-2:] == shape[-2:]
    return tuple(
        item
        for item in CORRUPTIONS
        if (follows or not item.moves) and (shape[0] == 1 or not item.grey) and not (to_pictures and item.classes)
    )
