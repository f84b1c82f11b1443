"""Qt's bindings must not eat references to None: one release did, and the process ended after some thousand calls."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

CALLS = 1000


def test_references_to_none_stay_where_they_are(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    plain, timer = QObject(), QTimer()
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        widget.setToolTip("")
        widget.update()
        plain.setObjectName("name")
        plain.parent()
        timer.stop()
    assert abs(sys.getrefcount(None) - before) < CALLS // 10
