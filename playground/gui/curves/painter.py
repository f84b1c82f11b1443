"""Paints a figure with a `QPainter`: on the screen, into an image or into an SVG drawing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF

from playground.gui.curves.axis import Axis
from playground.gui.curves.columns import column_rects
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

_ACROSS, _UP = 60.0, 24.0  # minimum distance between two ticks, pixels
_MOST_TICKS = 10
_TEXT_GAP = 6.0  # pixels between the plot and the labels of its ticks
_DOT, _HEAD, _TEST = 6.0, 5.0, 9.0  # diameters in pixels
_MANY = 200  # points in a line from which its corners are too close to be visible
_SEVERAL = 40  # the same for the thinner lines of overlaid runs, of which there may be ten
_ROWS = (0.06, 0.16, 0.26)  # relative heights of the labels of marks, used in turn so that neighbours do not overlap
_BAND = 0.22  # opacity of the band of several runs
_BAR = 6.0  # pixels, width of a band of one epoch
_PAD = 4.0  # pixels around labels that have a background


class FigurePainter:
    """Paints the parts of one plot, to be called from back to front."""

    def __init__(
        self, painter: QPainter, frame: PlotFrame, view: View, look: PlotStyle, *, cutting: bool = False
    ) -> None:
        """With `cutting`, lines are clipped here and not by the painter, because Qt writes no clip paths into SVG."""
        self._painter, self._frame, self._view, self._look, self._cutting = painter, frame, view, look, cutting

    def ground(self, widget: QRectF, unit: str) -> None:
        """Paint the background, the axes and the grid; only the label of the highest value has the `unit`."""
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
            rect = QRectF(0, frame.down(tick.at) - height / 2, frame.left - _TEXT_GAP, height)
            painter.drawText(rect, right, text)
        centre = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        seconds = " s" if self._view.axis is Axis.TIME else ""
        for tick in across:
            rect = QRectF(frame.across(tick.at) - _ACROSS / 2, frame.top + frame.height + _TEXT_GAP, _ACROSS, height)
            painter.drawText(rect, centre, tick.text + (seconds if tick is across[-1] else ""))

    def epochs(self, ends: tuple[float, ...]) -> None:
        """Paint the ends of epochs."""
        self._painter.setPen(self._look.pen(GRID))
        self._painter.drawLines([self._vertical(end) for end in ends])

    def overlays(self, figure: Figure) -> None:
        """Paint the bands and the lines of overlaid runs, each in its colour; a single point as a dot."""
        for color, low, high in figure.bands:
            self._band(low, high, color.in_theme(self._look.theme))
        for color, line in figure.overlays:
            self._line(line, self._look.overlay_pen(color), smooth=True, noisy=len(line.x) > _SEVERAL)
            if len(line.x) == 1:
                self._dots(line, _DOT, color.in_theme(self._look.theme))

    def raw(self, lines: Batches) -> None:
        """Paint the single batches."""
        self._line(lines.raw, self._look.raw, noisy=True)

    def batches(self, lines: Batches) -> None:
        """Paint the other lines that grow."""
        for line, stroke in zip(lines.terms, TERMS.values(), strict=True):
            if len(line.x):
                dashes = QPen(self._look.pen(stroke))  # continues the dashes of the part before, approximately
                dashes.setDashOffset((self._frame.across(float(line.x[0])) - self._frame.left) / stroke.width)
                self._line(line, dashes)
        self._line(lines.train, self._look.pen(TRAIN), smooth=True, noisy=True)

    def over(self, figure: Figure) -> None:
        """Paint the previous run and the validation over the lines that grow."""
        self._line(figure.previous, self._look.pen(PREVIOUS), smooth=True)
        self._line(figure.validation, self._look.pen(VALIDATION), smooth=True, noisy=len(figure.validation.x) > _MANY)

    def deploy(self, goal: float) -> None:
        """Paint the level from which a network is fit to deploy; it has no label here, which could hide data."""
        frame, value = self._frame, 100.0 * goal
        if frame.y.low <= value <= frame.y.high:
            y = frame.down(value)
            self._painter.setPen(self._look.pen(DEPLOY))
            self._painter.drawLine(QLineF(frame.left, y, frame.left + frame.width, y))

    def marks(self, marks: tuple[Mark, ...], labelled: bool) -> None:
        """Paint the marks of settings that were changed during training."""
        for i, mark in enumerate(marks):
            self._mark(mark.x, CHANGE, mark_text(mark) if labelled else "", _ROWS[i % len(_ROWS)])

    def diverged(self, x: float, words: str) -> None:
        """Paint the mark at which the loss was not finite."""
        self._mark(x, DIVERGED, words, _ROWS[0])

    def dots(self, figure: Figure) -> None:
        """Paint dots at the ends of epochs, if they can be distinguished, and for a previous run of a single point."""
        if len(figure.previous.x) == 1:
            self._dots(figure.previous, _DOT, self._look.color(PREVIOUS.color))
        self._dots(dotted(figure.validation, self._view), _DOT, self._look.color(VALIDATION.color))

    def head(self, at: tuple[float, float]) -> None:
        """Paint the latest batch."""
        self._dot(self._frame.at(*at), _HEAD, self._look.color(TRAIN.color))

    def test(self, at: tuple[float, float], words: str, above: bool) -> None:
        """Paint the test result with its label above or below it, inside the plot."""
        center, look = self._frame.at(*at), self._look
        self._dot(center, _TEST, look.color("text"))
        width, height = look.metrics.horizontalAdvance(words) + 2 * _PAD, look.metrics.height() + 2 * _PAD
        above = above and center.y() - 1.15 * height >= self._frame.top
        above = above or center.y() + 1.15 * height > self._frame.top + self._frame.height
        top = center.y() - 1.15 * height if above else center.y() + 0.15 * height
        rect = QRectF(label_left(center.x(), width, self._frame), top, width, height)
        self._painter.fillRect(rect, look.behind_test)
        self._words(words, rect.topLeft() + QPointF(_PAD, _PAD), "text")

    def hair(self, x: float) -> None:
        """Paint the crosshair."""
        if not self._frame.x.low <= x <= self._frame.x.high:
            return
        self._painter.setPen(self._look.pen(HAIR))
        self._painter.drawLine(self._vertical(x))

    def _vertical(self, x: float) -> QLineF:
        across = self._frame.across(x)
        return QLineF(across, self._frame.top, across, self._frame.top + self._frame.height)

    def _mark(self, x: float, stroke: Stroke, words: str, height: float) -> None:
        """Paint a vertical line with a label on the side with more space."""
        line, look, painter = self._vertical(x), self._look, self._painter
        painter.setPen(look.pen(stroke))
        painter.drawLine(line)
        if words:
            width, high = look.metrics.horizontalAdvance(words) + 2 * _PAD, look.metrics.height() + 2 * _PAD
            middle = self._frame.left + self._frame.width / 2
            left = line.x1() if line.x1() < middle else line.x1() - width
            rect = QRectF(left, self._frame.top + height * self._frame.height - high / 2, width, high)
            painter.fillRect(rect.adjusted(1, 0, -1, 0), look.ground)
            self._words(words, rect.topLeft() + QPointF(_PAD, _PAD), stroke.color)

    def _words(self, words: str, top_left: QPointF, color: str) -> None:
        self._painter.setFont(self._look.font)
        self._painter.setPen(self._look.color(color))
        self._painter.drawText(top_left + QPointF(0, self._look.metrics.ascent()), words)

    def _dots(self, points: PlotLine, diameter: float, color: QColor) -> None:
        for x, y in zip(points.x.tolist(), points.y.tolist(), strict=True):
            self._dot(self._frame.at(x, y), diameter, color)

    def _dot(self, center: QPointF, diameter: float, color: QColor) -> None:
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._painter.setPen(self._look.rim)
        self._painter.setBrush(QBrush(color))
        self._painter.drawEllipse(center, diameter / 2, diameter / 2)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _band(self, low: PlotLine, high: PlotLine, color: QColor) -> None:
        """Fill what is between two lines; of one epoch, paint a bar from one to the other."""
        if not len(low.x):
            return
        below, above = (self._frame.pixels(line) for line in (low, high))
        around = np.vstack((below, above[::-1]))
        path = QPainterPath()
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in around.tolist()]))
        path.closeSubpath()
        inside = QPainterPath()
        inside.addRect(self._frame.rect)
        color.setAlphaF(_BAND)
        pen = QPen(color, _BAR) if len(low.x) == 1 else QPen(Qt.PenStyle.NoPen)
        self._painter.save()
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._painter.setPen(pen)
        self._painter.setBrush(QBrush(color))
        self._painter.drawPath(path if len(low.x) == 1 else path.intersected(inside))
        self._painter.restore()

    def _line(self, line: PlotLine, pen: QPen, *, smooth: bool = False, noisy: bool = False) -> None:
        """Paint a line; if it has several points per pixel, as columns."""
        if len(line.x) < 2:
            return
        painter = self._painter
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
        painter.setPen(pen)
        if self._cutting:
            for part in _pieces(clipped(line, self._view)):
                self._segments(part, pen, noisy)
        else:
            painter.setClipRect(self._frame.rect)
            fast = pen.style() is not Qt.PenStyle.SolidLine or (pen.widthF() <= 1.0 and not smooth)
            columns = None if fast else column_rects(self._frame.pixels(line), pen.widthF(), self._look.scale)
            if columns is None:
                self._segments(line, pen, noisy)
            else:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(pen.brush())
                draw_rects(painter, columns)
        painter.restore()

    def _segments(self, line: PlotLine, pen: QPen, noisy: bool) -> None:
        """Paint the line from point to point; a wide and noisy one segment by segment.

        Qt takes a hundred times longer to paint the latter as one polyline.
        """
        by_piece = pen.widthF() > 1.0 and pen.style() is Qt.PenStyle.SolidLine and noisy
        (draw_pieces if by_piece else draw_polyline)(self._painter, self._frame.pixels(line))


def label_left(x: float, width: float, frame: PlotFrame) -> float:
    """The left end of a label of that width to the left of `x`, moved right if it would be clipped."""
    return max(frame.left, x - 0.95 * width)


def axis_ticks(frame: PlotFrame, log: bool) -> tuple[tuple[Tick, ...], tuple[Tick, ...]]:
    """The ticks of the vertical and of the horizontal axis."""
    up = (log_ticks if log else ticks)(frame.y, _tick_limit(frame.height / _UP))
    return up, ticks(frame.x, _tick_limit(frame.width / _ACROSS), quarters=False)  # epochs are integers


def mark_text(mark: Mark) -> str:
    """The label of a mark."""
    return f"{mark.field.rpartition('.')[2]} {setting_text(mark.old)} → {setting_text(mark.new)}"


def _tick_limit(count: float) -> int:
    return min(max(int(count), 2), _MOST_TICKS)


def _pieces(line: PlotLine) -> Iterator[PlotLine]:
    """The parts of a line between its interruptions."""
    breaks = np.flatnonzero(np.isnan(line.y))
    for first, last in zip((-1, *breaks), (*breaks, len(line.y)), strict=True):
        if last - first > 2:
            yield PlotLine(line.x[first + 1 : last], line.y[first + 1 : last])
