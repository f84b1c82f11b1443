"""The small triangle of fields that can be stepped or opened: the style sheet removes those of the platform."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF


def paint_arrow(painter: QPainter, x: float, y: float, color: QColor, *, up: bool) -> None:
    """Draw a triangle, 6 pixels wide around (x, y)."""
    tip = -2.5 if up else 2.5
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawPolygon(QPolygonF([QPointF(x - 3, y - tip / 2), QPointF(x + 3, y - tip / 2), QPointF(x, y + tip)]))
