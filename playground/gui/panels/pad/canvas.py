"""Paints the pad: finished strokes once onto a pixmap, the end of the line being drawn at each movement."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QCursor, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from playground.gui.panels.pad import raster
from playground.gui.panels.pad.strokes import Drawing, Stroke
from playground.gui.style.theme import DARK, theme_of
from playground.gui.style.translation import translated
from playground.spec.messages import tr_noop

_CHUNK = 48  # points of the line being drawn that are painted anew at each movement
_RADIUS = 6.0  # of the pad's corners
_MARGIN = 16  # between the pad's edge and its placeholder


def square_of(pad: QWidget) -> QRect:
    """The part of the widget that is drawn on: the largest square, in the upper left corner."""
    side = min(pad.width(), pad.height())
    return QRect(0, 0, side, side)


class Canvas:
    """What is painted of a pad. It keeps no drawing, only pixels and the line that is not on them yet."""

    def __init__(self, pad: QWidget) -> None:
        self._pad = pad
        self._pixels = QPixmap()  # the square, at the screen's resolution; empty until it is painted first
        self._live: Stroke | None = None
        self._done = 0  # how many points of the live stroke are among the pixels
        self._inviting = False

    def begin(self, stroke: Stroke) -> None:
        """Show a stroke that has begun."""
        self._live, self._done = stroke, 0
        self._pad.update()  # all of it, because the placeholder goes

    def follow(self, stroke: Stroke) -> None:
        """Show a stroke that has become longer by a point."""
        self._live = stroke
        self._pad.update(self._covered(stroke.tail(3)))
        if len(stroke.points) - self._done >= _CHUNK:
            self._keep()

    def end(self) -> None:
        """The stroke is over: put the rest of it among the pixels."""
        self._keep()
        self._live = None

    def redraw(self) -> None:
        """Paint all anew, without a stroke being drawn."""
        self._live, self._pixels = None, QPixmap()
        self._pad.update()

    def invite(self, inviting: bool) -> None:
        """Show whether what is dragged over the pad may be dropped."""
        self._inviting = inviting
        self._pad.update()

    def ring(self, width: float) -> QCursor:
        """A cursor that shows what a line of that width, a share of the side, will cover."""
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
        """Paint the widget, where Qt asks for it; `drawing` is without the stroke being drawn."""
        square = QRectF(square_of(self._pad))
        self._renew(drawing, square.width())
        painter = QPainter(self._pad)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(square.topLeft(), self._pixels)
        if self._live is not None:
            painter.save()
            painter.setClipPath(_rounded(square))
            painter.translate(square.topLeft())
            raster.paint_stroke(painter, self._rest(self._live), square.width())
            painter.restore()
        elif drawing.empty:
            self._placeholder(painter, square)
        self._frame(painter, square, framed or self._inviting)
        painter.end()

    def _renew(self, drawing: Drawing, side: float) -> None:
        """Paint the pixels anew if there are none, or if the pad's size or its screen is another one."""
        ratio = self._pad.devicePixelRatioF()
        size = QSize(1, 1) * max(1, round(side * ratio))
        if self._pixels.size() == size:
            return
        self._pixels = QPixmap(size)
        self._pixels.setDevicePixelRatio(ratio)
        self._pixels.fill(Qt.GlobalColor.transparent)
        self._done = 0
        painter = self._painter()
        painter.fillPath(_rounded(QRectF(0, 0, side, side)), Qt.GlobalColor.black)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceAtop)
        raster.paint(painter, drawing, side)
        painter.end()

    def _keep(self) -> None:
        """Put what is not yet among the pixels there."""
        if self._live is None or self._pixels.isNull():
            return
        painter = self._painter()
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceAtop)  # the corners stay round
        raster.paint_stroke(painter, self._rest(self._live), square_of(self._pad).width())
        painter.end()
        self._done = len(self._live.points)

    def _painter(self) -> QPainter:
        painter = QPainter(self._pixels)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        return painter

    def _rest(self, stroke: Stroke) -> Stroke:
        """The part of a stroke that is not among the pixels, beginning where those end."""
        return stroke.tail(len(stroke.points) - self._done + 1)

    def _covered(self, stroke: Stroke) -> QRect:
        """What a stroke covers on the widget, with its soft edge."""
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
