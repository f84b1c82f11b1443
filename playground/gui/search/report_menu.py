"""A button with the forms in which a search can be reported."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget


class ReportButton(QToolButton):
    """Its menu says as what."""

    chosen = Signal(str)  # "md" or "csv"

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(self.tr("&Report ▾"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        for words, suffix in ((self.tr("As &Markdown…"), "md"), (self.tr("As &CSV…"), "csv")):
            menu.addAction(words).setData(suffix)
        menu.triggered.connect(self._choose)
        self.setMenu(menu)

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        self.chosen.emit(action.data())
