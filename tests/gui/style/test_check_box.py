"""The frame of a check box stands out from what is behind it."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.gui.style.check_box import CheckBox
from playground.gui.style.theme import DARK, LIGHT, Theme, palette_of
from tests.gui.style.test_theme import contrast


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_the_frame_can_be_seen(theme: Theme, qtbot: QtBot) -> None:
    box = CheckBox()
    qtbot.addWidget(box)
    box.setStyle(QApplication.style())
    box.setPalette(palette_of(theme))
    picture = box.grab().toImage()
    row = [QColor(picture.pixel(x, picture.height() // 2)) for x in range(picture.width())]
    assert max(contrast(color, theme.color("panel")) for color in row) >= 3.0
