"""The rectangles in a block, in logical pixels; painting and hit testing use the same functions."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFont, QFontDatabase, QFontMetrics

from playground.gui.stack.block import FROZEN, Block
from playground.gui.stack.health_mark import health_rect
from playground.gui.stack.items import Item, behind
from playground.gui.stack.output_layout import BELOW, output_height
from playground.gui.stack.range_pill import Pill, pills
from playground.gui.style.translation import translated
from playground.spec.check.problem import Problem
from playground.spec.display import Display
from playground.spec.edits import LayerPath

WIDEST = 800  # maximum width of a block
SIDE = 16  # margin left and right of the blocks in a narrow window
GAP = 8  # between two blocks
BAR = 5  # width of the coloured bar on the left
PAD = 17  # from a block's left edge to its text
_RIGHT = 14
_INDENT = 12  # of the blocks in a container, on both sides
_STRIP_GAP = 8
_SIGN = 30  # width of the warning sign with its margins
_PADDING = 10  # inside a strip
_BUTTON_SHARE = 0.5  # share of a strip's width: wider buttons go below the sentence
_BUTTON_GAP = 6  # between two buttons
_FIGURES = 96  # minimum width of the column of parameter counts
ARROW = 16  # side of the square around a container's arrow
_OVERHANG = 20
LOCK = 13  # the lock in the mark of a frozen layer, with its distance to the word
CLOSE = 10  # from the last block in a container to the bottom of its frame


@dataclass(frozen=True, slots=True)
class Strip:
    """The rectangles of a problem's strip in a block, with a button for each of its fixes."""

    frame: QRect
    sentence: QRect
    buttons: tuple[QRect, ...]


@dataclass(frozen=True, slots=True)
class BlockRects:
    """The rectangles of a block."""

    card: QRect
    head: QRect  # the line with texts and numbers
    output: QRect  # with the pictures of what the layer computes; empty without any
    strips: tuple[Strip, ...]
    arrow: QRect | None = None  # collapses and expands a container
    caption: QRect | None = None  # the line above the first block of a branch


def mark_width(word: str, font: QFont) -> int:
    """The width of a mark beside the name of a block, with the distance to what follows; `word` is translated below."""
    return QFontMetrics(font).horizontalAdvance(translated(word)) + 24 + (LOCK if word == FROZEN else 0)


def head_height(font: QFont) -> int:
    """The height of a block without problems."""
    return QFontMetrics(font).height() + 18


def row_height(block: Block, width: int, font: QFont) -> int:
    """The height of a row in a view of that width, with the gap above it and the ends of containers below it."""
    inner = _card_width(width, block.depth) - PAD - _RIGHT
    strips = sum(_strip_height(problem, inner, font) + _STRIP_GAP for problem in block.problems)
    return plain_height(font, block.branch, block.closes, block.display) + strips


def plain_height(font: QFont, branch: int, closes: int, display: Display | None = None) -> int:
    """The height of a row without problems, see `Block.branch`, `Block.closes` and `Block.display`."""
    return GAP + _caption_height(font, branch) + head_height(font) + output_height(display) + CLOSE * closes


def block_rects(block: Block, row: QRect, font: QFont) -> BlockRects:
    """The rectangles of the parts of a block in the rectangle of its row."""
    width = _card_width(row.width(), block.depth)
    caption = _caption_height(font, block.branch)
    top = row.top() + GAP + caption
    card = QRect(_left(row, width), top, width, row.bottom() + 1 - CLOSE * block.closes - top)
    head = QRect(card.left() + PAD, card.top(), width - PAD - _RIGHT, head_height(font))
    arrow = QRect(head.left() - 5, head.center().y() - ARROW // 2 + 1, ARROW, ARROW) if block.container else None
    pictures = output_height(block.display)
    output = QRect(head.left(), head.bottom() + 1, head.width(), max(0, pictures - BELOW))
    strips, top = [], head.bottom() + 1 + pictures
    for problem in block.problems:
        frame = QRect(head.left(), top, head.width(), _strip_height(problem, head.width(), font))
        strips.append(_strip(problem, frame, font))
        top = frame.bottom() + 1 + _STRIP_GAP
    above = QRect(card.left() + 4, row.top() + GAP // 2, width - 8, caption + GAP // 2) if caption else None
    return BlockRects(card, head, output, tuple(strips), arrow, above)


def frames(block: Block, row: QRect, card: QRect) -> tuple[QRect, ...]:
    """The parts inside this row of the frames of all containers around a block, the outermost first, then of its own.

    A frame that continues above or below extends so far beyond the row that its corners are not visible.
    """
    found = []
    for level in range(block.depth):
        width = _card_width(row.width(), level)
        inward = block.depth - level  # 1 is the innermost container
        bottom = card.bottom() + CLOSE * inward if inward <= block.closes else row.bottom() + _OVERHANG
        found.append(
            QRect(QPoint(_left(row, width), row.top() - _OVERHANG), QPoint(_left(row, width) + width - 1, bottom))
        )
    if block.container and not block.folded:
        found.append(QRect(card.topLeft(), QPoint(card.right(), row.bottom() + _OVERHANG)))
    return tuple(found)


def drop_target(item: Item | None, block: Block, row: QRect, y: int, font: QFont) -> tuple[LayerPath, int, int]:
    """The effect of a drop at height `y` in a row: insertion path, and height and depth of the indicator line."""
    if item is None:
        return (0,), row.bottom() + 1 + GAP // 2, 0
    card, path = block_rects(block, row, font).card, item.path
    if item.row is None:
        return path, card.center().y(), block.depth
    if y <= card.center().y():
        return path, card.top() - GAP // 2, block.depth
    if item.opens:
        return (*path, 0, 0), card.bottom() + 1 + GAP // 2, block.depth + 1
    path = behind(path)
    for level in range(block.closes):
        end = card.bottom() + CLOSE * (level + 1)
        if y <= end:
            return path, end - CLOSE // 2, block.depth - level
        path = behind(path[:-2])
    return path, row.bottom() + 1 + GAP // 2, block.depth - block.closes


def line_of(row: QRect, depth: int) -> tuple[int, int]:
    """The left and right end of a line as wide as a block of that depth."""
    width = _card_width(row.width(), depth)
    return _left(row, width), _left(row, width) + width


def _left(row: QRect, width: int) -> int:
    return row.left() + (row.width() - width) // 2


def _caption_height(font: QFont, branch: int) -> int:
    return QFontMetrics(font).height() if branch else 0


def figure_columns(head: QRect, parameters_width: int) -> tuple[int, int]:
    """The right edges of the columns of shapes and of parameter counts."""
    return head.right() - max(_FIGURES, parameters_width + 20), head.right()


def words_area(block: Block, rects: BlockRects) -> QRect:
    """The area of a block's texts: the head, up to the shape."""
    left = rects.head.left() if rects.arrow is None else rects.arrow.right() + 6
    metrics = QFontMetrics(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    shape_right, _ = figure_columns(rects.head, metrics.horizontalAdvance(block.parameters))
    right = shape_right - metrics.horizontalAdvance(block.shape) - 16
    return QRect(left, rects.head.top(), right - left, rects.head.height())


def mark_rect(block: Block, rects: BlockRects, font: QFont) -> QRect | None:
    """The mark of an unhealthy layer; None without one."""
    if block.health is None:
        return None
    bold = QFont(font)
    bold.setBold(True)
    return health_rect(block.health, words_area(block, rects), QFontMetrics(bold).horizontalAdvance(block.name), font)


def text_area(block: Block, rects: BlockRects, font: QFont) -> QRect:
    """The area of a block's texts without the mark of an unhealthy layer."""
    area, mark = words_area(block, rects), mark_rect(block, rects, font)
    if mark is not None:
        area.setRight(mark.left() - 10)
    return area


def ranges_area(block: Block, area: QRect, font: QFont) -> QRect:
    """The part of a block's `text_area` behind its name and its marks, where what a search may change stands first."""
    bold = QFont(font)
    bold.setBold(not block.empty)
    metrics = QFontMetrics(bold)
    name = metrics.elidedText(block.name, Qt.TextElideMode.ElideRight, area.width())
    before = metrics.horizontalAdvance(name) + 10 + sum(mark_width(word, font) for word in block.marks)
    return area.adjusted(before, 0, 0, 0)


def range_pills(block: Block, rects: BlockRects, font: QFont) -> tuple[Pill, ...]:
    """The frames of what a search may change."""
    return pills(block.ranges, ranges_area(block, text_area(block, rects, font), font), font) if block.ranges else ()


def _card_width(row_width: int, depth: int) -> int:
    return max(240, min(WIDEST, row_width - 2 * SIDE) - 2 * _INDENT * depth)


def _button_widths(problem: Problem, font: QFont) -> tuple[int, ...]:
    bold = QFont(font)
    bold.setBold(True)
    metrics = QFontMetrics(bold)
    return tuple(metrics.horizontalAdvance(translated(fix.label)) + 24 for fix in problem.fixes)


def _in_a_row(widths: tuple[int, ...]) -> int:
    """The total width of buttons side by side."""
    return sum(widths) + _BUTTON_GAP * max(0, len(widths) - 1)


def _stacked(widths: tuple[int, ...], width: int) -> bool:
    """Whether the buttons go below the sentence because they would leave too little space next to it."""
    return _in_a_row(widths) > width * _BUTTON_SHARE


def _button_height(font: QFont) -> int:
    return QFontMetrics(font).height() + 6


def _strip_height(problem: Problem, width: int, font: QFont) -> int:
    widths = _button_widths(problem, font)
    stacked = _stacked(widths, width)
    beside = 0 if stacked or not widths else _in_a_row(widths) + _PADDING
    area = max(80, width - _SIGN - _PADDING - beside)
    flags = Qt.TextFlag.TextWordWrap
    words = QFontMetrics(font).boundingRect(QRect(0, 0, area, 1000), flags, translated(problem.what))
    below = _flow(widths, QRect(0, 0, area, 0), font)[-1].bottom() + 9 if stacked else 0
    return max(QFontMetrics(font).height() + 8, words.height()) + _PADDING + below


def _flow(widths: tuple[int, ...], area: QRect, font: QFont) -> list[QRect]:
    """Rectangles of buttons, flowing from the top left corner of `area` on over as many lines as needed."""
    height, left, top = _button_height(font), area.left(), area.top()
    found = []
    for width in (min(width, area.width()) for width in widths):
        if left > area.left() and left + width > area.right() + 1:
            left, top = area.left(), top + height + _BUTTON_GAP
        found.append(QRect(left, top, width, height))
        left += width + _BUTTON_GAP
    return found


def _strip(problem: Problem, frame: QRect, font: QFont) -> Strip:
    sentence = frame.adjusted(_SIGN, 0, -_PADDING, 0)
    widths, height = _button_widths(problem, font), _button_height(font)
    if not widths:
        return Strip(frame, sentence, ())
    if _stacked(widths, frame.width()):
        needed = _flow(widths, QRect(0, 0, sentence.width(), 0), font)[-1].bottom() + 1
        area = QRect(sentence.left(), frame.bottom() - needed - 5, sentence.width(), needed)
        return Strip(frame, sentence.adjusted(0, 0, 0, -needed - 8), tuple(_flow(widths, area, font)))
    left = frame.right() - _PADDING + 1 - _in_a_row(widths)
    area = QRect(left, frame.center().y() - height // 2 + 1, _in_a_row(widths), height)
    return Strip(frame, sentence.adjusted(0, 0, left - frame.right() - _PADDING, 0), tuple(_flow(widths, area, font)))
