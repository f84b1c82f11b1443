"""Nothing in a block covers anything else, however narrow the window and however long the words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication

from playground.gui.stack.block import layer_block
from playground.gui.stack.geometry import WIDEST, block_rects, head_height, row_height
from playground.gui.stack.painter import BlockStyle, paint_block
from playground.gui.style.theme import DARK
from playground.spec.check.problem import Fix, Problem
from playground.spec.check.shapes import walk
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.messages import message

SHORT = Problem(message("It does not fit."), message("x"), fix=Fix(message("Mend"), ()))
LONG = Problem(
    message("It does not fit. " * 12),
    message("x"),
    fix=Fix(message("Mend it in a way that takes many words. " * 3), ()),
)
HOPELESS = Problem(message("It needs more memory than there is."), message("x"))
SEVERAL = Problem(
    message("It does not fit."),
    message("x"),
    fix=Fix(message("Move before Flatten"), ()),
    others=(Fix(message("Remove it"), ()),),
)
BLOCK = layer_block(walk(Stack(layers=(Linear(),)), (784,))[0], (SHORT, LONG, HOPELESS, SEVERAL))


@pytest.mark.parametrize("width", [300, 480, 900, 3000])
@pytest.mark.parametrize("depth", [0, 2])
def test_strips_stand_below_each_other_in_the_card(qapp: QApplication, width: int, depth: int) -> None:
    block = replace(BLOCK, path=(0,) * (2 * depth + 1))
    font = QFont()
    row = QRect(0, 100, width, row_height(block, width, font))
    rects = block_rects(block, row, font)
    assert row.contains(rects.card)
    assert rects.card.width() <= WIDEST
    bottom = rects.head.bottom()
    for strip in rects.strips:
        assert strip.frame.top() > bottom
        assert rects.card.contains(strip.frame)
        assert strip.frame.contains(strip.sentence)
        for number, button in enumerate(strip.buttons):
            assert strip.frame.contains(button)
            assert not button.intersects(strip.sentence)
            assert not any(button.intersects(other) for other in strip.buttons[:number])
        bottom = strip.frame.bottom()
    assert bottom < rects.card.bottom()
    assert [len(strip.buttons) for strip in rects.strips] == [len(problem.fixes) for problem in BLOCK.problems]


def test_a_block_without_problems_is_one_line(qapp: QApplication) -> None:
    font = QFont()
    block = replace(BLOCK, problems=())
    row = QRect(0, 0, 900, row_height(block, 900, font))
    assert (
        block_rects(block, row, font).head.height() == head_height(font) == block_rects(block, row, font).card.height()
    )


def test_every_look_draws_something_else(qapp: QApplication) -> None:
    """Selected, focused, hovered and switched off can be told apart."""
    look = BlockStyle(theme=DARK, font=QFont())
    drawn = [
        _drawn(BLOCK, look),
        _drawn(BLOCK, replace(look, selected=True)),
        _drawn(BLOCK, replace(look, selected=True, focused=True)),
        _drawn(BLOCK, replace(look, hovered=True)),
        _drawn(BLOCK, replace(look, hot_button=(0, 0))),
        _drawn(replace(BLOCK, enabled=False), look),
        _drawn(replace(BLOCK, problems=()), look),
    ]
    assert all(one != other for i, one in enumerate(drawn) for other in drawn[:i])


def _drawn(block: object, look: BlockStyle) -> QImage:
    image = QImage(500, 400, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    paint_block(painter, block, QRect(0, 0, 500, row_height(block, 500, look.font)), look)
    painter.end()
    return image
