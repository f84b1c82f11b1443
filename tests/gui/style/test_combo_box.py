"""Combo boxes have an arrow, and leave the wheel to the page unless they have the focus."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

import playground.gui
from playground.gui.style.combo_box import ComboBox


def made(qtbot: QtBot, kind: type[QComboBox]) -> QComboBox:
    box = kind()
    qtbot.addWidget(box)
    box.addItems(("one", "two"))
    box.setStyleSheet("QComboBox { border: 1px solid gray } QComboBox::drop-down { border: none; width: 18px }")
    box.resize(100, 24)
    box.show()
    return box


def test_an_arrow_is_drawn_where_the_style_sheet_draws_none(qtbot: QtBot) -> None:
    plain, ours = (made(qtbot, kind).grab().toImage() for kind in (QComboBox, ComboBox))
    right = [(x, y) for x in range(82, 96) for y in range(4, 20)]
    assert len({plain.pixel(*place) for place in right}) == 1
    assert len({ours.pixel(*place) for place in right}) > 1


def test_the_wheel_scrolls_it_with_the_focus_alone(qtbot: QtBot) -> None:
    box = made(qtbot, ComboBox)
    for focused, expected in ((False, 0), (True, 1)):
        if focused:
            box.activateWindow()
            box.setFocus()
            qtbot.waitUntil(box.hasFocus)
        wheel = QWheelEvent(
            QPointF(5, 5),
            QPointF(5, 5),
            QPoint(),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(box, wheel)
        assert box.currentIndex() == expected


def test_the_window_has_no_other_combo_boxes() -> None:
    folder = Path(playground.gui.__file__).parent
    sources = {file.name: file.read_text() for file in folder.rglob("*.py")}
    found = {name for name, text in sources.items() if re.search(r"= QComboBox\(|\(QComboBox\):", text)}
    assert found == {"combo_box.py"}
