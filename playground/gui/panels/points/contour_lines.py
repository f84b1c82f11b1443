"""Paints lines of equal confidence over the map, each with its figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from playground.engine.data.sources.patterns import EDGE
from playground.gui.style.theme import Theme
from playground.spec.number_text import fixed_text, percent_text

if TYPE_CHECKING:
    from playground.engine.inference.confidence_contours import Contour, Line

_SMALLER = 0.8  # the figures, relative to the widget's font
_GAP = 3.0  # pixels around a figure


def paint_lines(painter: QPainter, theme: Theme, square: QRectF, contours: Sequence[Contour], *, heights: bool) -> None:
    """Paint the lines, the boundary of two classes and the middle height as broader ones."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for contour in contours:
        width = 1.8 if contour.level == (0.0 if heights else 0.5) else 1.0
        polygons = [_polygon(line, square) for line in contour.lines]
        for color, extra in ((theme.color("panel"), 1.6), (theme.color("text"), 0.0)):
            painter.setPen(QPen(color, width + extra))
            for polygon in polygons:
                painter.drawPolyline(polygon)


def paint_figures(
    painter: QPainter, theme: Theme, square: QRectF, contours: Sequence[Contour], *, heights: bool
) -> None:
    """Paint the figure of each level in the middle of its longest line, or where no other figure stands."""
    taken: list[QRectF] = []
    painter.save()
    font = painter.font()
    font.setPointSizeF(font.pointSizeF() * _SMALLER)
    painter.setFont(font)
    for contour in contours:
        text = fixed_text(contour.level, 1) if heights else percent_text(contour.level, 0)
        place = _place(painter, text, [_polygon(line, square) for line in contour.lines], square, taken)
        if place is None:
            continue
        taken.append(place)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("panel"))
        painter.drawRoundedRect(place, 3, 3)
        painter.setPen(theme.color("text"))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def _polygon(line: Line, square: QRectF) -> QPolygonF:
    scale = square.width() / (2 * EDGE)
    return QPolygonF(
        [QPointF(square.left() + (x + EDGE) * scale, square.top() + (EDGE - y) * scale) for x, y in line.tolist()]
    )


def _place(
    painter: QPainter, text: str, polygons: Sequence[QPolygonF], square: QRectF, taken: Sequence[QRectF]
) -> QRectF | None:
    """Where a figure stands: on one of the lines, within the map, on no other figure; None where that is nowhere."""
    box = QRectF(painter.fontMetrics().boundingRect(text)).adjusted(-_GAP, 0, _GAP, 0)
    for polygon in sorted(polygons, key=lambda polygon: polygon.size(), reverse=True):
        count = polygon.size()
        for share in (0.5, 0.3, 0.7, 0.15, 0.85):
            box.moveCenter(polygon.at(min(int(share * count), count - 1)))
            if square.contains(box) and not any(box.intersects(other) for other in taken):
                return QRectF(box)
    return None
