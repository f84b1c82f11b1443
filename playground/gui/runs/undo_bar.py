"""A line under the table that says what was done, and takes it back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from playground.gui.style.elided_label import Elided
from playground.gui.style.icons import icon
from playground.gui.style.labels import flat_button
from playground.gui.style.theme import theme_of


class UndoBar(QFrame):
    """Hidden until something was done that can be undone."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("look", "note")
        self._take_back: Callable[[], None] | None = None
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

    def show_done(self, words: str, take_back: Callable[[], None] | None) -> None:
        """Say what was done, and offer to undo it by calling `take_back`; None if nothing can be undone."""
        self._take_back = take_back
        theme = theme_of(self)
        self._close.setIcon(icon("close", theme.muted, theme.faint))
        self.undo.setVisible(take_back is not None)
        self.words.setText(words)
        self.show()

    def can_undo(self) -> bool:
        """Whether something is offered to be undone."""
        return self.isVisible() and self._take_back is not None

    def show_sentence(self, words: str) -> None:
        """Say something, with nothing to undo."""
        self.show_done(words, None)

    @Slot()
    def _undo(self) -> None:
        take_back, self._take_back = self._take_back, None
        self.hide()
        if take_back is not None:
            take_back()
