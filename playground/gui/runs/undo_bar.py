"""A line under the table that says what was deleted, and takes it back."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from playground.gui.style.elided_label import Elided
from playground.gui.style.icons import icon
from playground.gui.style.labels import flat_button
from playground.gui.style.theme import theme_of


class UndoBar(QFrame):
    """Hidden until something was deleted."""

    undo_requested = Signal(object)  # tuple of ids

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("look", "note")
        self._deleted: tuple[str, ...] = ()
        self.words = Elided(self)
        self.undo = QPushButton(self.tr("Undo"), self)
        self._close = QAction(self.tr("Close"), self)
        self._close.triggered.connect(self.hide)
        self.undo.clicked.connect(self._undo)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 3, 4, 3)
        row.addWidget(self.words, 1)
        row.addWidget(self.undo)
        self.close_button = flat_button(self._close, self)
        row.addWidget(self.close_button)
        self.hide()

    def show_deleted(self, run_ids: tuple[str, ...], words: str) -> None:
        """Offer to restore these runs."""
        self._deleted = run_ids
        theme = theme_of(self)
        self._close.setIcon(icon("close", theme.muted, theme.faint))
        self.undo.setVisible(bool(run_ids))
        self.words.setText(words)
        self.show()

    def can_undo(self) -> bool:
        """Whether a deletion is offered to be undone."""
        return self.isVisible() and bool(self._deleted)

    def show_sentence(self, words: str) -> None:
        """Say something, with nothing to undo."""
        self.show_deleted((), words)

    @Slot()
    def _undo(self) -> None:
        self.hide()
        self.undo_requested.emit(self._deleted)
