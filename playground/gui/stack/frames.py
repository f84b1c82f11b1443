"""Paints the frames and heads of containers, and the insertion points in empty branches."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF

from playground.gui.style.theme import Theme
from playground.gui.style.translation import translated
from playground.spec.messages import message

_RADIUS = 9.0
_DASHES = [3.0, 3.0]


def paint_frames(painter: QPainter, frames: Sequence[QRect], row: QRect, theme: Theme) -> None:
    """Paint the parts of frames inside a row, the outermost first, each a little lighter than its surroundings."""
    painter.save()
    painter.setClipRect(row, Qt.ClipOperation.IntersectClip)
    surface = theme.color("block")
    surface.setAlphaF(0.3 if theme.dark else 0.45)
    for frame in frames:
        painter.setPen(QPen(theme.color("border"), 1))
        painter.setBrush(surface)
        painter.drawRoundedRect(QRectF(frame).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
    painter.restore()


def edge(theme: Theme, *, selected: bool, focused: bool) -> QPen:
    """The pen for a block's border: a focused block that is not selected must not look selected."""
    if selected:
        return QPen(theme.color("accent"), 1.2)
    if focused:
        return QPen(theme.color("muted"), 1.0, Qt.PenStyle.DashLine)
    return QPen(theme.color("border"), 1.0)


def paint_container_head(
    painter: QPainter, head: QRect, theme: Theme, *, selected: bool, focused: bool, hovered: bool
) -> None:
    """Paint the hover, selection and focus marks on the head of an open container, which has no card."""
    ring = QRectF(head).adjusted(3.5, 3.5, -3.5, -3.5)
    if hovered:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("hover"))
        painter.drawRoundedRect(ring, 6, 6)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if selected and focused:
        glow = theme.color("accent")
        glow.setAlpha(70)
        painter.setPen(QPen(glow, 3.0))
        painter.drawRoundedRect(ring, 6, 6)
    if selected or focused:
        painter.setPen(edge(theme, selected=selected, focused=focused))
        painter.drawRoundedRect(ring, 6, 6)


def paint_empty_branch(painter: QPainter, card: QRect, theme: Theme, *, selected: bool, focused: bool) -> None:
    """Paint the insertion point for the first layer of an empty branch."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(theme.color("accent" if selected else "muted" if focused else "faint"), 1.4 if selected else 1.0)
    pen.setDashPattern(_DASHES)
    painter.setPen(pen)
    painter.drawRoundedRect(QRectF(card).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)


def paint_arrow(painter: QPainter, arrow: QRect, color: QColor, *, folded: bool) -> None:
    """Paint the arrow of a container: down if it is open, to the right if it is folded."""
    middle = QRectF(arrow).center()
    down = ((-4.0, -2.0), (0.0, 2.5), (4.0, -2.0))
    points = [QPointF(y, x) if folded else QPointF(x, y) for x, y in down]
    painter.setPen(QPen(color, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF([middle + point for point in points]))


def paint_caption(painter: QPainter, room: QRect, branch: int, font: QFont, theme: Theme) -> None:
    """Paint the number of the branch that begins here."""
    small = QFont(font)
    small.setPixelSize(max(9, round(QFontMetrics(font).height() * 0.72)))
    painter.setFont(small)
    painter.setPen(theme.color("muted"))
    words = translated(message("Branch {number}", number=branch))
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
