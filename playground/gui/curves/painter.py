"""Paints a figure with a `QPainter`: on the screen, onto a picture or into a drawing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen

from playground.gui.curves.columns import uprights
from playground.gui.curves.figure import Batches, Figure, Mark, PlotLine, View, clipped, dotted
from playground.gui.curves.legend import Stroke
from playground.gui.curves.plot_frame import PlotFrame
from playground.gui.curves.qt_buffers import draw_pieces, draw_polyline, draw_rects
from playground.gui.curves.ranges import Tick, log_ticks, ticks
from playground.gui.curves.style import (
    CHANGE,
    DEPLOY,
    DIVERGED,
    GRID,
    HAIR,
    PREVIOUS,
    TERMS,
    TRAIN,
    VALIDATION,
    PlotStyle,
)
from playground.spec.number_text import setting_text

_ACROSS, _UP = 60.0, 24.0  # pixels from one tick to the next, at least
_MOST_TICKS = 10
_TEXT_GAP = 6.0  # pixels from a plot to the words of its ticks
_DOT, _HEAD, _TEST = 6.0, 5.0, 9.0  # diameters in pixels
_MANY = 200  # points of a line that are closer than its corners could be seen
_ROWS = (0.06, 0.16, 0.26)  # heights that the words at marks take in turn, so that near ones do not cover each other
_PAD = 4.0  # pixels around words that stand on a ground of their own


class FigurePainter:
    """Paints the parts of one plot, from the hindmost to the foremost; a drawing is cut off at the plot's edges."""

    def __init__(
        self, painter: QPainter, frame: PlotFrame, view: View, look: PlotStyle, *, cutting: bool = False
    ) -> None:
        """`cutting`: cut lines off rather than leave it to the painter, because Qt writes no clipping into SVG."""
        self._painter, self._frame, self._view, self._look, self._cutting = painter, frame, view, look, cutting

    def ground(self, widget: QRectF, unit: str) -> None:
        """The background, the axes and the grid; `unit` is written at the highest value alone."""
        painter, frame, look = self._painter, self._frame, self._look
        painter.fillRect(widget, look.ground)
        painter.setFont(look.font)
        height = look.metrics.height()
        up, across = axis_ticks(frame, self._view.log)
        painter.setPen(look.pen(GRID))
        for tick in up:
            painter.drawLine(QLineF(frame.left, frame.down(tick.at), frame.left + frame.width, frame.down(tick.at)))
        painter.setPen(look.color("muted"))
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for tick in up:
            text = tick.text + (unit if tick is up[-1] else "")
            spot = QRectF(0, frame.down(tick.at) - height / 2, frame.left - _TEXT_GAP, height)
            painter.drawText(spot, right, text)
        centre = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        for tick in across:
            spot = QRectF(frame.across(tick.at) - _ACROSS / 2, frame.top + frame.height + _TEXT_GAP, _ACROSS, height)
            painter.drawText(spot, centre, tick.text)

    def epochs(self, ends: tuple[float, ...]) -> None:
        """Where epochs end."""
        self._painter.setPen(self._look.pen(GRID))
        self._painter.drawLines([self._upright(end) for end in ends])

    def batches(self, lines: Batches) -> None:
        """The lines that grow."""
        self._line(lines.raw, self._look.raw, noisy=True)
        for line, stroke in zip(lines.terms, TERMS.values(), strict=True):
            if len(line.x):
                dashes = QPen(self._look.pen(stroke))  # go on where those before ended, as good as the line is level
                dashes.setDashOffset((self._frame.across(float(line.x[0])) - self._frame.left) / stroke.width)
                self._line(line, dashes)
        self._line(lines.train, self._look.pen(TRAIN), smooth=True, noisy=True)

    def over(self, figure: Figure) -> None:
        """The previous run and the validation, whose lines lie over those that grow."""
        self._line(figure.previous, self._look.pen(PREVIOUS), smooth=True)
        self._line(figure.validation, self._look.pen(VALIDATION), smooth=True, noisy=len(figure.validation.x) > _MANY)

    def deploy(self, goal: float) -> None:
        """The share of right answers from which a network is fit to deploy; the legend names it, and hides no data."""
        frame, value = self._frame, 100.0 * goal
        if frame.y.low <= value <= frame.y.high:
            y = frame.down(value)
            self._painter.setPen(self._look.pen(DEPLOY))
            self._painter.drawLine(QLineF(frame.left, y, frame.left + frame.width, y))

    def marks(self, marks: tuple[Mark, ...], labelled: bool) -> None:
        """Settings that were changed while it trained."""
        for i, mark in enumerate(marks):
            self._mark(mark.x, CHANGE, mark_text(mark) if labelled else "", _ROWS[i % len(_ROWS)])

    def diverged(self, x: float, words: str) -> None:
        """Where the loss was no finite number."""
        self._mark(x, DIVERGED, words, _ROWS[0])

    def dots(self, figure: Figure) -> None:
        """The ends of epochs, where they can be told apart, and a previous run that is but a point."""
        if len(figure.previous.x) == 1:
            self._dots(figure.previous, _DOT, PREVIOUS.color)
        self._dots(dotted(figure.validation, self._view), _DOT, VALIDATION.color)

    def head(self, at: tuple[float, float]) -> None:
        """The latest batch."""
        self._dot(self._frame.at(*at), _HEAD, TRAIN.color)

    def test(self, at: tuple[float, float], words: str, above: bool) -> None:
        """The test result, its words above or below, right of the axis and above the other one."""
        place, look = self._frame.at(*at), self._look
        self._dot(place, _TEST, "text")
        width, height = look.metrics.horizontalAdvance(words) + 2 * _PAD, look.metrics.height() + 2 * _PAD
        above = above and place.y() - 1.15 * height >= self._frame.top
        above = above or place.y() + 1.15 * height > self._frame.top + self._frame.height
        top = place.y() - 1.15 * height if above else place.y() + 0.15 * height
        spot = QRectF(label_left(place.x(), width, self._frame), top, width, height)
        self._painter.fillRect(spot, look.behind_test)
        self._words(words, spot.topLeft() + QPointF(_PAD, _PAD), "text")

    def hair(self, x: float) -> None:
        """The crosshair."""
        if not self._frame.x.low <= x <= self._frame.x.high:
            return
        self._painter.setPen(self._look.pen(HAIR))
        self._painter.drawLine(self._upright(x))

    def _upright(self, x: float) -> QLineF:
        across = self._frame.across(x)
        return QLineF(across, self._frame.top, across, self._frame.top + self._frame.height)

    def _mark(self, x: float, stroke: Stroke, words: str, height: float) -> None:
        """A line and, on the side where there is more room, words."""
        line, look, painter = self._upright(x), self._look, self._painter
        painter.setPen(look.pen(stroke))
        painter.drawLine(line)
        if words:
            width, high = look.metrics.horizontalAdvance(words) + 2 * _PAD, look.metrics.height() + 2 * _PAD
            middle = self._frame.left + self._frame.width / 2
            left = line.x1() if line.x1() < middle else line.x1() - width
            spot = QRectF(left, self._frame.top + height * self._frame.height - high / 2, width, high)
            painter.fillRect(spot.adjusted(1, 0, -1, 0), look.ground)
            self._words(words, spot.topLeft() + QPointF(_PAD, _PAD), stroke.color)

    def _words(self, words: str, top_left: QPointF, color: str) -> None:
        self._painter.setFont(self._look.font)
        self._painter.setPen(self._look.color(color))
        self._painter.drawText(top_left + QPointF(0, self._look.metrics.ascent()), words)

    def _dots(self, points: PlotLine, diameter: float, color: str) -> None:
        for x, y in zip(points.x.tolist(), points.y.tolist(), strict=True):
            self._dot(self._frame.at(x, y), diameter, color)

    def _dot(self, place: QPointF, diameter: float, color: str) -> None:
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._painter.setPen(self._look.rim)
        self._painter.setBrush(QBrush(self._look.color(color)))
        self._painter.drawEllipse(place, diameter / 2, diameter / 2)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _line(self, line: PlotLine, pen: QPen, *, smooth: bool = False, noisy: bool = False) -> None:
        """A line; where it has several points a pixel, as uprights."""
        if len(line.x) < 2:
            return
        painter = self._painter
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
        painter.setPen(pen)
        if self._cutting:
            for part in _pieces(clipped(line, self._view)):
                self._slopes(part, pen, noisy)
        else:
            painter.setClipRect(self._frame.rect)
            fast = pen.style() is not Qt.PenStyle.SolidLine or (pen.widthF() <= 1.0 and not smooth)
            columns = None if fast else uprights(self._frame.places(line), pen.widthF(), self._look.scale)
            if columns is None:
                self._slopes(line, pen, noisy)
            else:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(pen.brush())
                draw_rects(painter, columns)
        painter.restore()

    def _slopes(self, line: PlotLine, pen: QPen, noisy: bool) -> None:
        """The line from point to point. A wide one that goes up and down is painted piece by piece.

        Qt takes a hundred times longer for the whole of it.
        """
        by_piece = pen.widthF() > 1.0 and pen.style() is Qt.PenStyle.SolidLine and noisy
        (draw_pieces if by_piece else draw_polyline)(self._painter, self._frame.places(line))


def label_left(x: float, width: float, frame: PlotFrame) -> float:
    """Where words of that width begin that stand before `x`, or as far to the left as nothing of them is cut off."""
    return max(frame.left, x - 0.95 * width)


def axis_ticks(frame: PlotFrame, log: bool) -> tuple[tuple[Tick, ...], tuple[Tick, ...]]:
    """The labelled places from bottom to top, and from left to right."""
    up = (log_ticks if log else ticks)(frame.y, _most(frame.height / _UP))
    return up, ticks(frame.x, _most(frame.width / _ACROSS), quarters=False)  # epochs are counted


def mark_text(mark: Mark) -> str:
    """What is written beside a mark."""
    return f"{mark.field.rpartition('.')[2]} {setting_text(mark.old)} → {setting_text(mark.new)}"


def _most(room: float) -> int:
    return min(max(int(room), 2), _MOST_TICKS)


def _pieces(line: PlotLine) -> Iterator[PlotLine]:
    """The parts of a line between its interruptions."""
    breaks = np.flatnonzero(np.isnan(line.y))
    for first, last in zip((-1, *breaks), (*breaks, len(line.y)), strict=True):
        if last - first > 2:
            yield PlotLine(line.x[first + 1 : last], line.y[first + 1 : last])
