"""Where everything in a block stands, in logical pixels; painting and clicking ask the same functions."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics

from playground.gui.stack.block import Block
from playground.gui.words import translated
from playground.spec.problems import Problem

WIDEST = 800  # of a block
SIDE = 16  # left and right of the blocks in a narrow window
GAP = 8  # between two blocks
BAR = 5  # the coloured bar at the left
PAD = 17  # from a block's edge to its words
_RIGHT = 14
_INDENT = 12  # a container's blocks, on both sides
_STRIP_GAP = 8
_SIGN = 30  # room for the warning sign
_PADDING = 10  # within a strip
_BUTTON_SHARE = 0.5  # of a strip's width: a longer button goes under the sentence
_FIGURES = 96  # the column of parameters


@dataclass(frozen=True, slots=True)
class Strip:
    """A problem's strip in a block; `button` is None where no fix is known."""

    frame: QRect
    sentence: QRect
    button: QRect | None


@dataclass(frozen=True, slots=True)
class Places:
    """A block's rectangles."""

    card: QRect
    head: QRect  # the line of words and figures
    strips: tuple[Strip, ...]


def head_height(font: QFont) -> int:
    """Height of a block without problems."""
    return QFontMetrics(font).height() + 18


def row_height(block: Block, width: int, font: QFont) -> int:
    """Height of a row in a view that is `width` wide, the gap above it included."""
    inner = _card_width(width, block.depth) - PAD - _RIGHT
    strips = sum(_strip_height(problem, inner, font) + _STRIP_GAP for problem in block.problems)
    return GAP + head_height(font) + strips


def places(block: Block, row: QRect, font: QFont) -> Places:
    """Where the parts of a block stand in the rectangle of its row."""
    width = _card_width(row.width(), block.depth)
    card = QRect(row.left() + (row.width() - width) // 2, row.top() + GAP, width, row.height() - GAP)
    head = QRect(card.left() + PAD, card.top(), width - PAD - _RIGHT, head_height(font))
    strips, top = [], head.bottom() + 1
    for problem in block.problems:
        frame = QRect(head.left(), top, head.width(), _strip_height(problem, head.width(), font))
        strips.append(_strip(problem, frame, font))
        top = frame.bottom() + 1 + _STRIP_GAP
    return Places(card, head, tuple(strips))


def figure_columns(head: QRect, parameters_width: int) -> tuple[int, int]:
    """The right edges of the columns of shapes and of parameters."""
    return head.right() - max(_FIGURES, parameters_width + 20), head.right()


def _card_width(row_width: int, depth: int) -> int:
    return max(240, min(WIDEST, row_width - 2 * SIDE) - 2 * _INDENT * depth)


def _button_width(problem: Problem, font: QFont) -> int:
    if problem.fix is None:
        return 0
    bold = QFont(font)
    bold.setBold(True)
    return QFontMetrics(bold).horizontalAdvance(translated(problem.fix.label)) + 24


def _stacked(problem: Problem, width: int, font: QFont) -> bool:
    """Whether the button stands under the sentence, because beside it too little room would be left."""
    return _button_width(problem, font) > width * _BUTTON_SHARE


def _button_height(font: QFont) -> int:
    return QFontMetrics(font).height() + 6


def _strip_height(problem: Problem, width: int, font: QFont) -> int:
    stacked = _stacked(problem, width, font)
    beside = 0 if stacked else _button_width(problem, font) + _PADDING
    room = max(80, width - _SIGN - _PADDING - beside)
    flags = Qt.TextFlag.TextWordWrap
    words = QFontMetrics(font).boundingRect(QRect(0, 0, room, 1000), flags, translated(problem.what))
    below = _button_height(font) + 8 if stacked else 0
    return max(QFontMetrics(font).height() + 8, words.height()) + _PADDING + below


def _strip(problem: Problem, frame: QRect, font: QFont) -> Strip:
    sentence = frame.adjusted(_SIGN, 0, -_PADDING, 0)
    if problem.fix is None:
        return Strip(frame, sentence, None)
    height = _button_height(font)
    if _stacked(problem, frame.width(), font):
        width = min(_button_width(problem, font), sentence.width())
        button = QRect(sentence.left(), frame.bottom() - height - 6, width, height)
        return Strip(frame, sentence.adjusted(0, 0, 0, -height - 8), button)
    width = _button_width(problem, font)
    button = QRect(frame.right() - _PADDING + 1 - width, frame.center().y() - height // 2 + 1, width, height)
    return Strip(frame, sentence.adjusted(0, 0, -width - _PADDING, 0), button)
