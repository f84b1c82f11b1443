"""Drawings as immutable values: points, strokes, and the drawing made of them.

Coordinates are in pad units: 0–1 from the left and from the top of the pad, whatever its size on the screen.
Widths are in the same unit, as a share of the pad's side.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from numpy import float32
from numpy.typing import NDArray

NEUTRAL = 0.5  # the pressure of a pointer without a sensor; it leaves the width unchanged
FINE, MEDIUM, BROAD = 1.5 / 28, 2.0 / 28, 2.6 / 28  # pen widths; medium is two pixels of a 28 × 28 that fills the pad
ERASER = 3 * MEDIUM  # wide enough to erase a medium line in one stroke
_GAIN = 0.6  # effect of the pressure on the width: from 0.7 times (none) to 1.3 times (full)


class Point(NamedTuple):
    """A position of the pen, and its pressure (0–1)."""

    x: float
    y: float
    pressure: float = NEUTRAL


class Box(NamedTuple):
    """A rectangle in pad units."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line from pen down to pen up, with at least one point; successive points differ."""

    points: tuple[Point, ...]
    width: float = MEDIUM
    erase: bool = False

    def to(self, point: Point) -> Stroke:
        """The stroke extended to `point`; the same object if the pen has not moved."""
        last = self.points[-1]
        if (point.x, point.y) == (last.x, last.y):
            return self
        return replace(self, points=(*self.points, point))

    def tail(self, count: int) -> Stroke:
        """The stroke's last `count` points, at least one."""
        return replace(self, points=self.points[-max(1, count) :])

    @property
    def even(self) -> bool:
        """Whether the width is the same along the whole stroke."""
        first = self.points[0].pressure
        return all(point.pressure == first for point in self.points)

    @property
    def factors(self) -> tuple[float, ...]:
        """The width factor from pressure for each segment between two points, or for a single point."""
        if len(self.points) == 1:
            return (factor(self.points[0].pressure),)
        return tuple(factor((begin.pressure + end.pressure) / 2) for begin, end in pairwise(self.points))

    @property
    def box(self) -> Box:
        """The rectangle that the stroke covers, including its width."""
        reach = max(self.factors) * self.width / 2
        xs, ys = [point.x for point in self.points], [point.y for point in self.points]
        return Box(min(xs) - reach, min(ys) - reach, max(xs) + reach, max(ys) + reach)


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """A pasted, dropped or loaded picture below the strokes.

    grey: (H, W), white ink on black, 0–1. label: the class of the picture, if known. as_seen: whether it is what the
    network is to see, which nothing may change; pictures with a label always are.
    """

    grey: NDArray[float32]
    label: int | None = None
    as_seen: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """The content of the pad: optionally a picture, and strokes on top in the order they were drawn."""

    image: Image | None = None
    strokes: tuple[Stroke, ...] = ()

    def plus(self, stroke: Stroke) -> Drawing:
        """The drawing with one more stroke on top."""
        return replace(self, strokes=(*self.strokes, stroke))

    @property
    def empty(self) -> bool:
        """Whether nothing was drawn; a drawing that was erased is not empty but may have no ink."""
        return self.image is None and not self.strokes

    @property
    def label(self) -> int | None:
        """The class of the picture, if known; strokes on top make it unknown."""
        return None if self.image is None or self.strokes else self.image.label

    @property
    def plain(self) -> bool:
        """Whether it consists of ink alone, so that it can be redrawn at any size."""
        return self.image is None and not any(stroke.erase for stroke in self.strokes)


def factor(pressure: float) -> float:
    """The width factor for a pressure of 0–1."""
    return 1 + _GAIN * (pressure - NEUTRAL)


def inside(x: float, y: float, pressure: float = NEUTRAL) -> Point:
    """The point of the pad nearest to a position, which may be outside, with the pressure clamped to 0–1."""
    return Point(min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0), min(max(pressure, 0.0), 1.0))
