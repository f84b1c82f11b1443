"""Small plots take part in the window as other widgets do."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.gui.style.small_plot import small_plot


def test_a_file_that_is_dropped_on_a_plot_is_for_the_window(qtbot: QtBot) -> None:
    plot = small_plot("Plot", fixed=False)
    qtbot.addWidget(plot)
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile("/nowhere/a.csv")])
    buttons = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for widget in (plot, plot.viewport()):
        assert not widget.acceptDrops()
        enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, files, *buttons)
        QApplication.sendEvent(widget, enter)
        assert not enter.isAccepted()
