"""Converts between the coordinates of a plot and pixels of its widget, and computes ranges for zooming and panning."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF

from playground.gui.curves.figure import PlotLine
from playground.gui.curves.ranges import Range


class PlotFrame(NamedTuple):
    """A rectangle of pixels that shows a range of epochs from left to right and of values from bottom to top."""

    left: float
    top: float
    width: float
    height: float
    x: Range
    y: Range

    @property
    def rect(self) -> QRectF:
        """The rectangle in pixels."""
        return QRectF(self.left, self.top, self.width, self.height)

    def across(self, x: float) -> float:
        """The horizontal pixel position of `x` epochs."""
        return self.left + (x - self.x.low) / (self.x.high - self.x.low) * self.width

    def down(self, y: float) -> float:
        """The vertical pixel position of a value."""
        return self.top + (self.y.high - y) / (self.y.high - self.y.low) * self.height

    def at(self, x: float, y: float) -> QPointF:
        """The pixel position of a point."""
        return QPointF(self.across(x), self.down(y))

    def epochs_at(self, pixel: float) -> float:
        """The epochs at a horizontal pixel position."""
        return self.x.low + (pixel - self.left) / self.width * (self.x.high - self.x.low)

    def pixels(self, line: PlotLine) -> NDArray[np.float64]:
        """The pixel positions of the points of a line, (n, 2)."""
        found = np.empty((len(line.x), 2))
        found[:, 0] = self.left + (line.x - self.x.low) * (self.width / (self.x.high - self.x.low))
        found[:, 1] = self.top + (self.y.high - line.y) * (self.height / (self.y.high - self.y.low))
        return found

    def zoomed(self, across: float, up: float, about: QPointF) -> tuple[Range, Range]:
        """The ranges multiplied by these factors, with the pixel `about` fixed."""
        right, above = (about.x() - self.left) / self.width, 1.0 - (about.y() - self.top) / self.height
        return _stretched(self.x, across, right), _stretched(self.y, up, above)

    def dragged(self, by: QPointF) -> tuple[Range, Range]:
        """The ranges after the content is moved by that many pixels."""
        x = by.x() / self.width * (self.x.high - self.x.low)
        y = by.y() / self.height * (self.y.high - self.y.low)
        return Range(self.x.low - x, self.x.high - x), Range(self.y.low + y, self.y.high + y)


def _stretched(shown: Range, factor: float, share: float) -> Range:
    """The range multiplied by `factor`; the position at that share of it is fixed."""
    length = shown.high - shown.low
    fixed = shown.low + share * length
    return Range(fixed - share * factor * length, fixed + (1.0 - share) * factor * length)
