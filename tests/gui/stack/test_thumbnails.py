"""Thumbnails stand between words and figures, as many as there is room for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication

from playground.gui.stack.block import layer_block
from playground.gui.stack.thumbnails import paint_thumbnails
from playground.gui.style.theme import LIGHT
from playground.spec.check.shapes import walk
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear


def red(count: int) -> list[QImage]:
    picture = QImage(8, 8, QImage.Format.Format_RGB32)
    picture.fill(QColor("red"))
    return [picture] * count


def spans(width: int, count: int) -> int:
    """How many pictures are to be seen in a block of that width: runs of red along its middle."""
    (row,) = walk(Stack(layers=(Linear(out_features=8),)), (2,))
    image = QImage(width, 36, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    paint_thumbnails(painter, red(count), layer_block(row, ()), QRect(0, 0, width, 36), QFont(), LIGHT)
    painter.end()
    line = [image.pixelColor(x, 18) == QColor("red") for x in range(width)]
    return sum(now and not before for before, now in zip([False, *line], line, strict=False))


@pytest.mark.parametrize(("width", "count", "shown"), [(800, 8, 8), (800, 3, 3), (200, 8, 0)])
def test_as_many_as_there_is_room_for(qapp: QApplication, width: int, count: int, shown: int) -> None:
    assert spans(width, count) == shown


def test_some_of_them_where_there_is_room_for_some(qapp: QApplication) -> None:
    assert 0 < spans(400, 8) < 8
