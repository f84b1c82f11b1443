"""The full description of the chosen card, next to the cards."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from playground.gui.gallery.cards import Card, size
from playground.gui.style.labels import text_label

WIDTH = 300  # logical pixels


class Detail(QScrollArea):
    """Title, description, what to try, expected result and size, unabridged; it scrolls if necessary."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(self.tr("About the chosen preset"))
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(10, 8, 14, 8)
        column.setSpacing(10)
        self.title = text_label(page, "", "heading", size=1.25 * self.font().pointSizeF())
        self.about = text_label(page, "", "plain")
        self.attempt = text_label(page, "", "plain")
        self.expected = text_label(page, "", "plain")
        self.figures = text_label(page, "", "muted")
        note = QFrame(page)
        note.setProperty("look", "note")
        inner = QVBoxLayout(note)
        inner.setContentsMargins(12, 9, 12, 9)
        inner.addWidget(self.attempt)
        self._note = note
        for label in (self.title, self.about, self.attempt, self.expected, self.figures):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for widget in (self.title, self.about, note, self.expected, self.figures):
            column.addWidget(widget)
        column.addStretch(1)
        self.setWidget(page)

    def show_card(self, card: Card) -> None:
        """Show all texts of a card."""
        self.title.setText(card.title)
        self.about.setText(card.about)
        self.attempt.setText(card.attempt)
        self._note.setVisible(bool(card.attempt))
        self.expected.setText(self.tr("Expected: {0}").format(card.expected))
        self.figures.setText(size(card))
        self.verticalScrollBar().setValue(0)
