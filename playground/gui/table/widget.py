"""The widget for tables: an entry for each column, and what the network says of the row that they make."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from playground.gui.asking import Unanswered
from playground.gui.drawing.bars import Bars
from playground.gui.table.asking import Predicted, Row
from playground.gui.table.entries import Entry, entry, name_label, written
from playground.gui.theme import set_look
from playground.gui.words import translated
from playground.spec.datasets.table import Table
from playground.spec.words import Message

_MARGIN = 12
_ANSWER_SIZE = 18.0  # points
_MOST_ENTRIES = 100  # of wider tables the first ones, the others stay at the middle


class TableWidget(QWidget):
    """Asks at every movement of a slider."""

    touched = Signal()
    asked = Signal(object)  # Row, or None
    sample_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._data: Table | None = None
        self._entries: list[Entry] = []
        self._answer: Predicted | None = None
        self._truth = ""
        self._trained = self._loading = False
        self._message = self._failure = ""
        self.target, self.answer, self.said, self.truth = (QLabel(self) for _ in range(4))
        self.bars = Bars(("",), self)
        self.sample = QPushButton(self.tr("A row from the test"), self)
        self._scroll = QScrollArea(self)
        self._arrange()
        self.sample.clicked.connect(self.sample_requested)

    def _arrange(self) -> None:
        title = QLabel(self.tr("Set a row"), self)
        set_look(title, "heading")
        font = self.answer.font()
        font.setPointSizeF(_ANSWER_SIZE)
        font.setBold(True)
        self.answer.setFont(font)
        self.answer.setMinimumHeight(self.answer.fontMetrics().height())
        self.said.setWordWrap(True)
        for label in (self.said, self.target, self.truth):
            label.setTextFormat(Qt.TextFormat.PlainText)
            set_look(label, "muted")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.viewport().setAutoFillBackground(False)
        note = QFrame(self)
        set_look(note, "note")
        inner = QVBoxLayout(note)
        inner.setContentsMargins(12, 9, 12, 9)
        inner.addWidget(self.said)
        page, known = QWidget(self), QWidget(self)
        pages, rows = QVBoxLayout(page), QVBoxLayout(known)
        for layout in (pages, rows):
            layout.setContentsMargins(0, 0, 0, 0)
        pages.addWidget(note)
        pages.addStretch(1)
        rows.addWidget(self.answer)
        rows.addWidget(self.bars)
        rows.addStretch(1)
        self._area = QStackedWidget(self)
        self._area.addWidget(known)
        self._area.addWidget(page)
        foot = QHBoxLayout()
        foot.addWidget(self.sample)
        foot.addStretch(1)
        foot.addWidget(self.truth)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 8, _MARGIN, 8)
        column.setSpacing(8)
        for widget in (title, self._scroll, self.target, self._area):
            column.addWidget(widget, 1 if widget is self._scroll else 0)
        column.addLayout(foot)

    # What others say

    def show_data(self, data: Table) -> None:
        """Show entries for the columns of a table; those of the same table keep what was set."""
        before, self._data = self._data, data
        if before is None or before.inputs != data.inputs:
            self._rebuild(data)
        self.target.setText(data.target_column.name)
        self.bars.setVisible(data.classifies)
        if data.classifies:
            self.bars.set_labels(data.class_names)
        if before is None or before.task != data.task or before.target_column != data.target_column:
            self._answer, self._truth = None, ""
        bars = self.bars.sizeHint().height() + 6 if data.classifies else 0
        self._area.setFixedHeight(max(self.answer.minimumHeight() + bars, 3 * self.said.fontMetrics().height() + 18))
        self._show()
        self.asked.emit(self.row)

    def _rebuild(self, data: Table) -> None:
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 0, 6, 0)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        self._entries = []
        for number, column in enumerate(data.inputs[:_MOST_ENTRIES]):
            made = entry(column, inner)
            made.changed.connect(self._changed)
            grid.addWidget(name_label(column, inner), number, 0)
            grid.addWidget(made, number, 1)
            self._entries.append(made)
        grid.setRowStretch(len(self._entries), 1)
        inner.setAutoFillBackground(False)
        self._scroll.setWidget(inner)
        self._rest = tuple((item.low + item.high) / 2 for item in data.inputs[_MOST_ENTRIES:])

    @property
    def row(self) -> Row:
        """What the entries say."""
        return (*(item.value for item in self._entries), *self._rest)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """One for each column."""
        return tuple(self._entries)

    def show_row(self, values: Row, truth: str) -> None:
        """Show a row of the table, and what its target is."""
        for item, value in zip(self._entries, values, strict=False):
            item.show_value(value)
        self._rest = values[len(self._entries) :]
        self._ask(truth)

    @Slot(object)
    def show_answer(self, answer: object) -> None:
        """Show what the network says."""
        self._answer = answer if isinstance(answer, Predicted) else None
        self._failure = translated(answer.message) if isinstance(answer, Unanswered) else ""
        self._show()

    def set_trained(self, trained: bool) -> None:
        """Say whether the network has learned anything."""
        self._trained = trained
        self._show()

    def set_loading(self, loading: bool) -> None:
        """Say whether PyTorch is still being loaded."""
        self._loading = loading
        self._show()

    def set_message(self, text: Message | str | None) -> None:
        """Say why this network cannot be asked, or None if it can."""
        self._message = translated(text) if text else ""
        self._show()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(300, 420)

    @Slot()
    def _changed(self) -> None:
        self._ask("")

    def _ask(self, truth: str) -> None:
        self._truth = truth
        self.touched.emit()
        self._show()
        self.asked.emit(self.row)

    def _show(self) -> None:
        data, answer = self._data, self._answer
        if data is None:
            return
        if answer is not None and len(answer.probabilities) != len(data.class_names):
            answer = None  # of the network that there was before the data changed
        said = ""
        if answer is not None:
            shares = answer.probabilities
            said = data.class_names[shares.index(max(shares))] if shares else written(answer.value)
        self.bars.show_probabilities(answer.probabilities if answer else (), sure=self._trained)
        self.answer.setText(said)
        set_look(self.answer, "accent" if self._trained else "faint")
        self.truth.setText(self.tr("In the table: {0}").format(self._truth) if self._truth else "")
        sentence = self._sentence()
        self.said.setText(sentence)
        self._area.setCurrentIndex(1 if sentence else 0)

    def _sentence(self) -> str:
        """What is said in place of an answer; nothing where there can be one."""
        if self._failure or self._message:
            return self._failure or self._message
        return self.tr("loading PyTorch…") if self._loading else ""
