"""Paints one block of the stack: a card with a bar in the colour of its kind, texts, numbers and problems."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QPainter, QPainterPath, QPen, QPolygonF

from playground.gui.stack.block import FROZEN, Block
from playground.gui.stack.frames import (
    edge,
    paint_arrow,
    paint_caption,
    paint_container_head,
    paint_empty_branch,
    paint_frames,
)
from playground.gui.stack.geometry import (
    BAR,
    GAP,
    BlockRects,
    Strip,
    block_rects,
    figure_columns,
    frames,
    mark_rect,
    mark_width,
    range_pills,
    text_area,
)
from playground.gui.stack.health_mark import paint_health
from playground.gui.stack.output_layout import output_height
from playground.gui.stack.range_pill import paint_ranges
from playground.gui.style.theme import Theme, mixed
from playground.gui.style.translation import translated
from playground.spec.check.problem import Problem

_RADIUS = 7.0
_LINE = 30  # pixels from a block's left edge to the line that connects it with the next
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class BlockStyle:
    """The visual state of a block."""

    theme: Theme
    font: QFont
    selected: bool = False
    focused: bool = False
    hovered: bool = False
    first: bool = False  # nothing above it to connect with
    hot_button: tuple[int, int] | None = None  # index of the problem, and of its button, under the mouse


def paint_block(painter: QPainter, block: Block, row: QRect, look: BlockStyle) -> None:
    """Paint `block` in the rectangle of its row."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(row, Qt.ClipOperation.IntersectClip)  # pixels outside are not repainted with this block
    rects = block_rects(block, row, look.font)
    paint_frames(painter, frames(block, row, rects.card), row, look.theme)
    begins_a_branch = block.depth > 0 and block.path[-1] == 0
    if rects.caption is not None:
        paint_caption(painter, rects.caption, block.branch, look.font, look.theme)
    elif not look.first and not begins_a_branch:
        painter.fillRect(rects.card.left() + _LINE, row.top(), 1, GAP, look.theme.color("border"))
    _background(painter, block, rects, look)
    _head(painter, block, rects, look)
    for number, (problem, strip) in enumerate(zip(block.problems, rects.strips, strict=True)):
        hot = look.hot_button[1] if look.hot_button is not None and look.hot_button[0] == number else None
        _problem(painter, problem, strip, look, hot)
    painter.restore()


def _background(painter: QPainter, block: Block, rects: BlockRects, look: BlockStyle) -> None:
    """Paint the background: a card, the head of a container, or the outline of an empty branch."""
    theme, state = look.theme, {"selected": look.selected, "focused": look.focused}
    if block.empty:
        paint_empty_branch(painter, rects.card, theme, **state)
    elif block.container and not block.folded:
        height = rects.head.height() + output_height(block.display)
        head = QRect(rects.card.left(), rects.head.top(), rects.card.width(), height)
        paint_container_head(painter, head, theme, hovered=look.hovered, **state)
    else:
        _card(painter, block, rects.card, look)
    if rects.arrow is not None:
        paint_arrow(painter, rects.arrow, theme.color("muted"), folded=block.folded)


def _card(painter: QPainter, block: Block, card: QRect, look: BlockStyle) -> None:
    theme, surface = look.theme, _surface(look)
    frame = QRectF(card).adjusted(0.5, 0.5, -0.5, -0.5)
    shape = QPainterPath()
    shape.addRoundedRect(frame, _RADIUS, _RADIUS)
    painter.fillPath(shape, surface)
    bar = theme.kind(block.kind) if block.kind else theme.color("muted")
    if not block.enabled:
        bar = mixed(surface, bar, 0.4)
    painter.save()
    painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
    painter.fillRect(QRectF(frame.left(), frame.top(), BAR, frame.height()), bar)
    painter.restore()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if look.selected and look.focused:
        glow = theme.color("accent")
        glow.setAlpha(70)
        painter.setPen(QPen(glow, 3.0))
        painter.drawRoundedRect(frame.adjusted(1.5, 1.5, -1.5, -1.5), _RADIUS - 1.5, _RADIUS - 1.5)
    painter.setPen(edge(theme, selected=look.selected, focused=look.focused))
    painter.drawPath(shape)


def _surface(look: BlockStyle) -> QColor:
    """The colour of a card."""
    surface = look.theme.color("block")
    return mixed(surface, look.theme.color("hover"), 0.35) if look.hovered else surface


def clear_pictures(painter: QPainter, block: Block, area: QRect, look: BlockStyle) -> bool:
    """Repaint what is behind the pictures of a block, and nothing else; return False where that is no card."""
    if block.container and not block.folded:
        return False
    painter.fillRect(area, _surface(look))
    return True


def _head(painter: QPainter, block: Block, rects: BlockRects, look: BlockStyle) -> None:
    theme, head = look.theme, rects.head
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    metrics = QFontMetrics(fixed)
    shape_right, figure_right = figure_columns(head, metrics.horizontalAdvance(block.parameters))
    shape_left = shape_right - metrics.horizontalAdvance(block.shape)
    painter.setFont(fixed)
    painter.setPen(theme.color("text" if block.enabled else "faint"))
    painter.drawText(QRect(shape_left, head.top(), shape_right - shape_left + 1, head.height()), _MIDDLE, block.shape)
    painter.setPen(theme.color("muted" if block.enabled else "faint"))
    figures = QRect(shape_right, head.top(), figure_right - shape_right, head.height())
    painter.drawText(figures, _MIDDLE | Qt.AlignmentFlag.AlignRight, block.parameters)
    mark = mark_rect(block, rects, look.font)
    if block.health is not None and mark is not None:
        paint_health(painter, block.health, mark, look.font, theme)
    _words(painter, block, rects, look)


def _words(painter: QPainter, block: Block, rects: BlockRects, look: BlockStyle) -> None:
    area = text_area(block, rects, look.font)
    bold = QFont(look.font)
    bold.setBold(not block.empty)
    bold.setStrikeOut(not block.enabled)
    right = Qt.TextElideMode.ElideRight
    name = QFontMetrics(bold).elidedText(block.name, right, area.width())
    painter.setFont(bold)
    painter.setPen(look.theme.color("muted" if block.empty else "text" if block.enabled else "faint"))
    painter.drawText(area, _MIDDLE, name)
    area = area.adjusted(QFontMetrics(bold).horizontalAdvance(name) + 10, 0, 0, 0)
    painter.setFont(look.font)
    painter.setPen(look.theme.color("muted" if block.enabled else "faint"))
    for word in block.marks:
        area = _mark(painter, word, area, look)
    if block.ranges:
        area = paint_ranges(painter, range_pills(block, rects, look.font), area, look.font, look.theme)
    painter.setPen(look.theme.color("muted" if block.enabled else "faint"))
    painter.drawText(area, _MIDDLE, QFontMetrics(look.font).elidedText(block.settings, right, max(0, area.width())))


def _mark(painter: QPainter, word: str, area: QRect, look: BlockStyle) -> QRect:
    """Paint a mark, such as that of a disabled layer; return the remaining area."""
    width, metrics = mark_width(word, look.font), QFontMetrics(look.font)
    mark = QRectF(0, 0, width - 10, metrics.height() + 2)
    mark.moveCenter(QPointF(area.left() + mark.width() / 2, area.center().y() + 0.5))
    painter.setPen(QPen(look.theme.color("border"), 1))
    painter.drawRoundedRect(mark, mark.height() / 2, mark.height() / 2)
    painter.setPen(look.theme.color("muted"))
    if word == FROZEN:
        _lock(painter, QPointF(mark.left() + 12, mark.center().y()), look.theme)
    painter.drawText(mark.adjusted(0, 0, -7, 0), _MIDDLE | Qt.AlignmentFlag.AlignRight, translated(word))
    return area.adjusted(width, 0, 0, 0)


def _lock(painter: QPainter, middle: QPointF, theme: Theme) -> None:
    """Paint a closed lock, 8 pixels wide."""
    x, y, color = middle.x(), middle.y(), theme.color("muted")
    painter.save()
    painter.setPen(QPen(color, 1.3))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(QRectF(x - 2.5, y - 5, 5, 6), 0, 180 * 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(QRectF(x - 4, y - 1.5, 8, 6), 1, 1)
    painter.restore()


def _problem(painter: QPainter, problem: Problem, strip: Strip, look: BlockStyle, hot: int | None) -> None:
    theme = look.theme
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("warn_surface"))
    painter.drawRoundedRect(strip.frame, 5, 5)
    _sign(painter, QPointF(strip.frame.left() + 16, strip.sentence.center().y() + 0.5), theme)
    painter.setFont(look.font)
    painter.setPen(theme.color("warn"))
    flags = int(_MIDDLE) | int(Qt.TextFlag.TextWordWrap)
    painter.drawText(strip.sentence, flags, translated(problem.what))
    for number, (fix, button) in enumerate(zip(problem.fixes, strip.buttons, strict=True)):
        _button(painter, translated(fix.label), button, look, hot=number == hot)


def _button(painter: QPainter, text: str, rect: QRect, look: BlockStyle, *, hot: bool) -> None:
    theme, bold = look.theme, QFont(look.font)
    bold.setBold(True)
    painter.setFont(bold)
    painter.setPen(QPen(theme.color("warn"), 1.2))
    painter.setBrush(theme.color("warn") if hot else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
    painter.setPen(theme.color("warn_surface" if hot else "warn"))
    words = QFontMetrics(bold).elidedText(text, Qt.TextElideMode.ElideRight, rect.width() - 16)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, words)


def _sign(painter: QPainter, middle: QPointF, theme: Theme) -> None:
    """Paint a warning triangle, 12 pixels wide."""
    x, y = middle.x(), middle.y()
    painter.setBrush(theme.color("warn"))
    painter.drawPolygon(QPolygonF([QPointF(x - 6, y + 5), QPointF(x + 6, y + 5), QPointF(x, y - 6)]))
    painter.fillRect(QRectF(x - 0.75, y - 2.5, 1.5, 4.0), theme.color("warn_surface"))
    painter.fillRect(QRectF(x - 0.75, y + 2.4, 1.5, 1.5), theme.color("warn_surface"))
