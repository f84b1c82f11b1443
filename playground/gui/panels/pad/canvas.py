"""Paints the pad: finished strokes once onto a pixmap, and the end of the current stroke at each movement."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QCursor, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from playground.gui.panels.pad import raster
from playground.gui.panels.pad.strokes import Drawing, Stroke
from playground.gui.style.theme import DARK, theme_of
from playground.gui.style.translation import translated
from playground.spec.messages import tr_noop

_CHUNK = 48  # points of the current stroke that are repainted at each movement
_RADIUS = 6.0  # of the pad's corners, pixels
_MARGIN = 16  # between the pad's edge and its placeholder, pixels


def square_of(pad: QWidget) -> QRect:
    """The part of the widget to draw on: the largest square, in the upper left corner."""
    side = min(pad.width(), pad.height())
    return QRect(0, 0, side, side)


class Canvas:
    """Paints a pad; it holds no drawing, only a pixmap and the part of the current stroke that is not yet on it."""

    def __init__(self, pad: QWidget) -> None:
        self._pad = pad
        self._pixels = QPixmap()  # the square at the screen's resolution; empty until it is first painted
        self._current: Stroke | None = None
        self._painted_points = 0  # number of points of the current stroke that are on the pixmap
        self._drop_accepted = False

    def begin(self, stroke: Stroke) -> None:
        """Show a new stroke."""
        self._current, self._painted_points = stroke, 0
        self._pad.update()  # all of it, because the placeholder disappears

    def follow(self, stroke: Stroke) -> None:
        """Show the current stroke after a point was added."""
        self._current = stroke
        self._pad.update(self._covered(stroke.tail(3)))
        if len(stroke.points) - self._painted_points >= _CHUNK:
            self._keep()

    def end(self) -> None:
        """Finish the current stroke: paint the rest of it onto the pixmap."""
        self._keep()
        self._current = None

    def redraw(self) -> None:
        """Repaint everything, without a current stroke."""
        self._current, self._pixels = None, QPixmap()
        self._pad.update()

    def invite(self, inviting: bool) -> None:
        """Set whether a drag over the pad may be dropped, which is shown by a frame."""
        self._drop_accepted = inviting
        self._pad.update()

    def ring(self, width: float) -> QCursor:
        """A cursor that shows the width of a line, given as a share of the side."""
        diameter = max(6.0, width * square_of(self._pad).width())
        ratio = self._pad.devicePixelRatioF()
        pixmap = QPixmap(QSize(1, 1) * round((diameter + 4) * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for color, pen in ((QColor("black"), 3.0), (QColor("white"), 1.25)):
            painter.setPen(QPen(color, pen))
            painter.drawEllipse(QRectF(2, 2, diameter, diameter))
        painter.end()
        return QCursor(pixmap)

    def paint(self, drawing: Drawing, *, framed: bool) -> None:
        """Paint the widget in its paint event; `drawing` does not contain the current stroke."""
        square = QRectF(square_of(self._pad))
        self._renew(drawing, square.width())
        painter = QPainter(self._pad)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(square.topLeft(), self._pixels)
        if self._current is not None:
            painter.save()
            painter.setClipPath(_rounded(square))
            painter.translate(square.topLeft())
            raster.paint_stroke(painter, self._rest(self._current), square.width())
            painter.restore()
        elif drawing.empty:
            self._placeholder(painter, square)
        self._frame(painter, square, framed or self._drop_accepted)
        painter.end()

    def _renew(self, drawing: Drawing, side: float) -> None:
        """Recreate the pixmap if there is none, or if the size of the pad or its screen has changed."""
        ratio = self._pad.devicePixelRatioF()
        size = QSize(1, 1) * max(1, round(side * ratio))
        if self._pixels.size() == size:
            return
        self._pixels = QPixmap(size)
        self._pixels.setDevicePixelRatio(ratio)
        self._pixels.fill(Qt.GlobalColor.transparent)
        self._painted_points = 0
        painter = self._painter()
        painter.fillPath(_rounded(QRectF(0, 0, side, side)), Qt.GlobalColor.black)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceAtop)
        raster.paint(painter, drawing, side)
        painter.end()

    def _keep(self) -> None:
        """Paint the rest of the current stroke onto the pixmap."""
        if self._current is None or self._pixels.isNull():
            return
        painter = self._painter()
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceAtop)  # the corners stay rounded
        raster.paint_stroke(painter, self._rest(self._current), square_of(self._pad).width())
        painter.end()
        self._painted_points = len(self._current.points)

    def _painter(self) -> QPainter:
        painter = QPainter(self._pixels)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        return painter

    def _rest(self, stroke: Stroke) -> Stroke:
        """The part of a stroke that is not on the pixmap, starting where the painted part ends."""
        return stroke.tail(len(stroke.points) - self._painted_points + 1)

    def _covered(self, stroke: Stroke) -> QRect:
        """The rectangle of a stroke on the widget, including its soft edge."""
        square, box = square_of(self._pad), stroke.box
        side = square.width()
        area = QRectF(box.left * side, box.top * side, (box.right - box.left) * side, (box.bottom - box.top) * side)
        return area.translated(square.topLeft()).toAlignedRect().adjusted(-2, -2, 2, 2)

    def _placeholder(self, painter: QPainter, square: QRectF) -> None:
        painter.setPen(DARK.color("muted"))  # the pad is black in every theme
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        text = translated(tr_noop("draw here with mouse,\nfinger or pen"))
        inner = square.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        if any(painter.fontMetrics().horizontalAdvance(line) > inner.width() for line in text.splitlines()):
            text = text.replace("\n", " ")
        painter.drawText(inner, flags, text)

    def _frame(self, painter: QPainter, square: QRectF, marked: bool) -> None:
        theme = theme_of(self._pad)
        if marked:
            painter.setPen(QPen(theme.color("accent"), 2.0))
        elif theme.dark:
            painter.setPen(QPen(theme.color("border"), 1.0))
        else:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inset = painter.pen().widthF() / 2
        painter.drawRoundedRect(square.adjusted(inset, inset, -inset, -inset), _RADIUS - inset, _RADIUS - inset)


def _rounded(square: QRectF) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(square, _RADIUS, _RADIUS)
    return path
