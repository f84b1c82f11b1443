"""Remarks on a table as it was read: a warning above it, and two lists below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from playground.gui.style.labels import set_text, text_label
from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.spec.data.skipped import counted
from playground.spec.messages import Message

if TYPE_CHECKING:
    from playground.gui.table_import.reader import Reading

_HIGHEST = 132  # pixels of the lists; they scroll beyond
_MOST = 60  # items that a list names


def warnings_of(reading: Reading) -> tuple[Message, ...]:
    """Columns that give the target away, and which of several plausible readings was taken."""
    return (*reading.overview.giveaways, *reading.found.remarks)


class WarningBar(QFrame):
    """The first warning about a table as it was read; `pressed`: this is to be changed."""

    pressed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        set_look(self, "warning")
        self.words = text_label(self, "", "warn")
        self.words.setWordWrap(True)
        self.button = QPushButton(self.tr("Read it otherwise…"), self)
        self.button.setAutoDefault(False)
        set_look(self.button, "alarm")
        self.button.clicked.connect(self.pressed)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 3, 4, 3)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        self.hide()

    def show_warnings(self, reading: Reading) -> None:
        """Show the first warning, and how many more there are."""
        warnings = warnings_of(reading)
        self.setVisible(bool(warnings))
        if warnings:
            more = self.tr(" {0} more below.").format(len(warnings) - 1) if len(warnings) > 1 else ""
            set_text(self.words, "⚠ " + translated(warnings[0]) + more)
        given = reading.overview.giveaways
        name = str(dict(given[0].values)["name"]) if given else ""
        words = self.tr("Leave {0} out").format(name) if given else self.tr("Read it otherwise…")
        self.button.setText(words.replace("&", "&&"))


class Notes(QScrollArea):
    """The left-out rows and columns, with reasons; and remarks on the others."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        inner = QWidget(self)
        self.left_out, self.worth = (text_label(inner, "", "muted") for _ in range(2))
        self._counted = text_label(inner, "", "muted")
        row = QHBoxLayout(inner)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        left, right = QHBoxLayout(), QHBoxLayout()
        left.setSpacing(6)
        left.addWidget(text_label(inner, self.tr("Left out"), "heading"))
        left.addWidget(self._counted)
        left.addStretch(1)
        right.addWidget(text_label(inner, self.tr("Worth a look"), "heading"))
        for stretch, title, label in ((2, left, self.left_out), (3, right, self.worth)):
            label.setWordWrap(True)
            column = QVBoxLayout()
            column.setSpacing(3)
            column.addLayout(title)
            column.addWidget(label)
            column.addStretch(1)
            row.addLayout(column, stretch)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inner)
        self.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        self.setFixedHeight(_HIGHEST)
        self.setAccessibleName(self.tr("Left out, and worth a look"))

    def show_reading(self, reading: Reading) -> None:
        """Show what is said about another reading."""
        found, shown = reading.found, reading.overview
        set_text(self._counted, translated(counted(found.skips)) if found.skips else self.tr("nothing"))
        columns = [
            f"{item.column.name}: {translated(item.reason)}" for item in shown.columns if item.reason is not None
        ]
        rows = [f"{item.where}: {translated(item.why)}" for item in found.skipped if item.row is not None]
        lines = columns + rows
        if len(lines) > _MOST:
            lines = [*lines[:_MOST], self.tr("and {0:,} more").format(len(lines) - _MOST)]
        set_text(self.left_out, "\n".join(lines))
        said = warnings_of(reading)[:1]  # in the bar above
        worth = [*shown.giveaways, *filter(None, (shown.balance,)), *found.remarks, *shown.filled]
        worth = [item for item in worth if item not in said]
        set_text(self.worth, "\n".join(map(translated, worth)))
