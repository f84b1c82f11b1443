"""One entry per column of a table: a slider for numbers, a choice for categories, a field for dates."""

from __future__ import annotations

from abc import abstractmethod
from math import isnan, nan

from PySide6.QtCore import QDateTime, Qt, QTimeZone, Signal
from PySide6.QtWidgets import QDateTimeEdit, QHBoxLayout, QLabel, QWidget

from playground.gui.forms.choices import Choices
from playground.gui.style.check_box import CheckBox
from playground.gui.style.labels import plain_tip
from playground.gui.style.slider import Slider
from playground.gui.style.theme import set_look
from playground.spec.data.table_summary import Column
from playground.spec.number_text import amount_text

_STEPS = 200  # of a slider for non-integer numbers
_MOST_STEPS = 1_000


class ColumnEntry(QWidget):
    """The value of one column; where rows may lack it, a box says so."""

    changed = Signal()

    def __init__(self, column: Column, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = column
        self.missing = CheckBox(self.tr("missing"), self)
        self.missing.setAccessibleName(self.tr("{0} is missing").format(column.name))
        self.missing.setVisible(column.missing > 0)
        self.missing.toggled.connect(self._toggled)
        self._editor = QWidget(self)
        self._row = QHBoxLayout(self._editor)
        whole = QHBoxLayout(self)
        whole.addWidget(self._editor, 1)
        whole.addWidget(self.missing)
        for row in (self._row, whole):
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(8)

    @property
    def value(self) -> float:
        """The number, the index of the category or the seconds of the date; NaN where it is missing."""
        return nan if self.missing.isChecked() else self._given

    def show_value(self, value: float) -> None:
        """Show a value without emitting `changed`."""
        blocked = self.missing.blockSignals(True)
        self.missing.setChecked(isnan(value))
        self.missing.blockSignals(blocked)
        self._editor.setEnabled(not isnan(value))
        if not isnan(value):
            self._show_given(value)

    @property
    @abstractmethod
    def _given(self) -> float:
        """The value of the editor."""

    @abstractmethod
    def _show_given(self, value: float) -> None:
        """Show a value that is not missing, without emitting `changed`."""

    def _toggled(self, missing: bool) -> None:
        self._editor.setEnabled(not missing)
        self.changed.emit()


class NumberEntry(ColumnEntry):
    """A slider from the smallest number of the column to the largest."""

    def __init__(self, column: Column, parent: QWidget | None = None) -> None:
        super().__init__(column, parent)
        span = column.high - column.low
        few = column.whole and 0 < span <= _MOST_STEPS
        self._steps = int(span) if few else _STEPS
        self.slider = Slider(self._editor)
        self.slider.setRange(0, self._steps)
        self.slider.setPageStep(max(1, self._steps // 10))
        self.slider.setAccessibleName(column.name)
        self._label = QLabel(self._editor)
        self._label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._label.setMinimumWidth(self._label.fontMetrics().horizontalAdvance("0000.00"))
        self._row.addWidget(self.slider, 1)
        self._row.addWidget(self._label)
        self._exact: float | None = None  # a value between two steps
        self.setFocusProxy(self.slider)
        self.slider.valueChanged.connect(self._moved)
        self._show_given((column.low + column.high) / 2)

    @property
    def _given(self) -> float:
        if self._exact is not None:
            return self._exact
        return self.column.low + (self.column.high - self.column.low) * self.slider.value() / max(1, self._steps)

    def _show_given(self, value: float) -> None:
        span = self.column.high - self.column.low
        blocked = self.slider.blockSignals(True)
        self.slider.setValue(round(self._steps * (value - self.column.low) / span) if span else 0)
        self.slider.blockSignals(blocked)
        self._exact = None if self.column.whole and value != round(value) else value
        self._write()

    def _moved(self) -> None:
        self._exact = None
        self._write()
        self.changed.emit()

    def _write(self) -> None:
        self._label.setText(amount_text(self._given))


class CategoryEntry(ColumnEntry):
    """A choice among the column's categories."""

    def __init__(self, column: Column, parent: QWidget | None = None) -> None:
        super().__init__(column, parent)
        self.choices = Choices([(float(i), name) for i, name in enumerate(column.categories)])
        self.choices.setAccessibleName(column.name)
        self._row.addWidget(self.choices, 1)
        self.setFocusProxy(self.choices)
        self.choices.activated.connect(self._chosen)

    @property
    def _given(self) -> float:
        return float(max(0, self.choices.currentIndex()))

    def _show_given(self, value: float) -> None:
        self.choices.choose(value)

    def _chosen(self) -> None:
        self.changed.emit()


_WRITTEN = {"ymd": "yyyy-MM-dd", "dmy": "dd.MM.yyyy", "mdy": "MM/dd/yyyy"}  # dates in Qt's words, by `Column.order`


class DateEntry(ColumnEntry):
    """A field for a date, a time of the day, or both; day and month are in the order in which the table has them."""

    def __init__(self, column: Column, parent: QWidget | None = None) -> None:
        super().__init__(column, parent)
        self.field = QDateTimeEdit(self._editor)
        self.field.setTimeZone(QTimeZone.utc())
        day, time = {*column.parts} - {"hour"}, "hour" in column.parts
        date = _WRITTEN[column.order]
        self.field.setDisplayFormat(f"{date} HH:mm" if day and time else date if day else "HH:mm")
        self.field.setAccessibleName(column.name)
        self._row.addWidget(self.field, 1)
        self.setFocusProxy(self.field)
        self._show_given((column.low + column.high) / 2)
        self.field.dateTimeChanged.connect(self._chosen)

    @property
    def _given(self) -> float:
        return self._exact if self._exact is not None else float(self.field.dateTime().toSecsSinceEpoch())

    def _show_given(self, value: float) -> None:
        blocked = self.field.blockSignals(True)
        self.field.setDateTime(QDateTime.fromSecsSinceEpoch(round(value), QTimeZone.utc()))
        self.field.blockSignals(blocked)
        self._exact: float | None = value  # its seconds are not shown

    def _chosen(self) -> None:
        self._exact = None
        self.changed.emit()


_ENTRIES: dict[str, type[ColumnEntry]] = {"category": CategoryEntry, "date": DateEntry}  # by kind


def entry(column: Column, parent: QWidget | None = None) -> ColumnEntry:
    """The entry for a column."""
    return _ENTRIES.get(column.kind, NumberEntry)(column, parent)


def name_label(column: Column, parent: QWidget) -> QLabel:
    """The column's name, elided if it is long."""
    label = QLabel(parent)
    label.setText(label.fontMetrics().elidedText(column.name, Qt.TextElideMode.ElideRight, 130))
    label.setToolTip(plain_tip(column.name) if label.text() != column.name else "")
    label.setTextFormat(Qt.TextFormat.PlainText)
    set_look(label, "muted")
    return label
