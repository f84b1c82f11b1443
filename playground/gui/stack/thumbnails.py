"""Small images of a layer's first neurons on its block, between texts and numbers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontDatabase, QFontMetrics, QImage, QPainter, QPainterPath, QPen

from playground.gui.stack.block import Block
from playground.gui.stack.geometry import figure_columns, mark_width
from playground.gui.style.theme import Theme

_MARGIN = 5  # above and below, pixels
_GAP = 4
_TEXT_DISTANCE = 20  # distance from texts and numbers, pixels


def paint_thumbnails(
    painter: QPainter, pictures: Sequence[QImage], block: Block, head: QRect, font: QFont, theme: Theme
) -> None:
    """Paint as many of the images as fit between the texts and the numbers of a block."""
    fixed = QFontMetrics(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    bold = QFont(font)
    bold.setBold(True)
    words = QFontMetrics(bold).horizontalAdvance(block.name) + 10 + QFontMetrics(font).horizontalAdvance(block.settings)
    words += sum(mark_width(mark, font) for mark in block.marks)
    right = figure_columns(head, fixed.horizontalAdvance(block.parameters))[0] - fixed.horizontalAdvance(block.shape)
    side = head.height() - 2 * _MARGIN
    available = right - _TEXT_DISTANCE - (head.left() + words + _TEXT_DISTANCE)
    shown = pictures[: max(0, (available + _GAP) // (side + _GAP))]
    left = right - _TEXT_DISTANCE - len(shown) * (side + _GAP) + _GAP
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    for number, picture in enumerate(shown):
        square = QRectF(left + number * (side + _GAP), head.top() + _MARGIN, side, side)
        path = QPainterPath()
        path.addRoundedRect(square, 3, 3)
        painter.setClipPath(path)
        painter.drawImage(square, picture)
        painter.setClipping(False)
        painter.setPen(QPen(theme.color("border"), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
    painter.restore()
