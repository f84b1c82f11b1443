"""How many examples of the data are changed, below their form, with a button that takes all changes back."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from playground.gui.style.translation import translated
from playground.spec.data.changed_examples import ChangedExamples
from playground.spec.data.dataset import Dataset


class ChangedExamplesLine(QWidget):
    """Hidden where none is changed."""

    taken_back = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = QLabel(self)
        self.words.setWordWrap(True)
        self.words.setToolTip(translated(ChangedExamples.help))
        self.button = QPushButton(self.tr("Take all back"), self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 0)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        self.button.clicked.connect(self.taken_back)
        self.hide()

    def show_data(self, data: Dataset, locked: str) -> None:
        """Show how many examples of these data are changed; `locked` says why they cannot be taken back now."""
        self.setVisible(data.changed is not None)
        self.words.setText(translated(data.changed) if data.changed is not None else "")
        self.button.setEnabled(not locked)
        self.button.setToolTip(locked)
