"""The widget for tables: an entry per column, and the prediction for the resulting row."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from playground.gui.panels.sample_view import SampleView
from playground.gui.panels.table.entries import ColumnEntry, entry, name_label
from playground.gui.panels.table.inference import Predicted, Row
from playground.gui.style.labels import set_text, text_label
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.table import Table
from playground.spec.number_text import amount_text

_MOST_ENTRIES = 100  # of wider tables only the first columns have one, the others keep their middle value


class TableView(SampleView):
    """Asks about a `Row` at every movement of a slider."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._data: Table | None = None
        self._entries: list[ColumnEntry] = []
        self._answer: Predicted | None = None
        self._target_text = ""  # the target of the row in the table
        self.target = text_label(self, "", "muted")
        self.sample.setText(self.tr("A row of the test set"))
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.viewport().setAutoFillBackground(False)
        self._arrange(self.tr("Set a row"), self._scroll, self.target)

    @property
    def made_for(self) -> Dataset | None:
        return self._data

    # Input from outside

    def show_data(self, data: Table) -> None:
        """Show entries for the columns of a table; entries of the same table keep their values."""
        before, self._data = self._data, data
        if before is None or before.inputs != data.inputs:
            self._rebuild(data)
        set_text(self.target, data.target_column.name)
        if data.classifies:
            self.bars.set_labels(data.class_names)
        if before is None or before.task != data.task or before.target_column != data.target_column:
            self._answer, self._target_text = None, ""
        self._make_room(classes=data.classifies)
        self._limit()
        self._refresh()
        self.asked.emit(self.row)

    def _limit(self) -> None:
        """Limit the height to that of entries and answer, so that the form below starts directly after them."""
        column = self.layout()
        assert column is not None
        others = column.minimumSize().height() - self._scroll.minimumSizeHint().height()
        self.setMaximumHeight(others + self._scroll.maximumHeight())

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
        self._scroll.setMaximumHeight(grid.sizeHint().height())  # the answer is directly below the entries
        self._other_values = tuple((item.low + item.high) / 2 for item in data.inputs[_MOST_ENTRIES:])

    @property
    def row(self) -> Row:
        """The current values of all columns."""
        return (*(item.value for item in self._entries), *self._other_values)

    @property
    def entries(self) -> tuple[ColumnEntry, ...]:
        """One entry per column."""
        return tuple(self._entries)

    def show_row(self, values: Row, target: str) -> None:
        """Show a row of the table and its target."""
        for item, value in zip(self._entries, values, strict=False):
            item.show_value(value)
        self._other_values = values[len(self._entries) :]
        self._ask(target)

    @Slot(object)
    def show_answer(self, answer: object) -> None:
        """Show the prediction."""
        self._answer = answer if isinstance(answer, Predicted) else None
        self._note_failure(answer)
        self._refresh()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(300, 420)

    @Slot()
    def _changed(self) -> None:
        self._ask("")

    def _ask(self, target: str) -> None:
        self._target_text, self._failure = target, ""
        self.touched.emit()
        self._refresh()
        self.asked.emit(self.row)

    def _forget(self) -> None:
        self._answer = None

    def _refresh(self) -> None:
        data, answer = self._data, self._answer
        if data is None:
            return
        if answer is not None and len(answer.probabilities) != len(data.class_names):
            answer = None  # from the network before the data changed
        predicted, shares = "", answer.probabilities if answer else ()
        if answer is not None:
            predicted = data.class_names[shares.index(max(shares))] if shares else amount_text(answer.value)
        truth = self.tr("In the table: {0}").format(self._target_text) if self._target_text else ""
        self._show(predicted, shares, truth, wrong=bool(shares) and bool(truth) and predicted != self._target_text)
