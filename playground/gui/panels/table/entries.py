"""One entry per column of a table: a slider for numbers, a choice for categories."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from playground.gui.forms.choices import Choices
from playground.gui.style.labels import plain_tip
from playground.gui.style.slider import Slider
from playground.gui.style.theme import set_look
from playground.spec.data.table_summary import Column
from playground.spec.number_text import amount_text

_STEPS = 200  # of a slider for non-integer numbers
_MOST_STEPS = 1_000


class ColumnEntry(QWidget):
    """The value of one column."""

    changed = Signal()

    def __init__(self, column: Column, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = column
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)

    @property
    @abstractmethod
    def value(self) -> float:
        """The number, or the index of the category."""

    @abstractmethod
    def show_value(self, value: float) -> None:
        """Show a value without emitting `changed`."""


class NumberEntry(ColumnEntry):
    """A slider from the smallest number of the column to the largest."""

    def __init__(self, column: Column, parent: QWidget | None = None) -> None:
        super().__init__(column, parent)
        span = column.high - column.low
        few = column.whole and 0 < span <= _MOST_STEPS
        self._steps = int(span) if few else _STEPS
        self.slider = Slider(self)
        self.slider.setRange(0, self._steps)
        self.slider.setPageStep(max(1, self._steps // 10))
        self.slider.setAccessibleName(column.name)
        self._label = QLabel(self)
        self._label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._label.setMinimumWidth(self._label.fontMetrics().horizontalAdvance("0000.00"))
        self._row.addWidget(self.slider, 1)
        self._row.addWidget(self._label)
        self._exact: float | None = None  # a value between two steps
        self.setFocusProxy(self.slider)
        self.slider.valueChanged.connect(self._moved)
        self.show_value((column.low + column.high) / 2)

    @property
    def value(self) -> float:
        if self._exact is not None:
            return self._exact
        return self.column.low + (self.column.high - self.column.low) * self.slider.value() / max(1, self._steps)

    def show_value(self, value: float) -> None:
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
        self._label.setText(amount_text(self.value))


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
    def value(self) -> float:
        return float(max(0, self.choices.currentIndex()))

    def show_value(self, value: float) -> None:
        self.choices.choose(value)

    def _chosen(self) -> None:
        self.changed.emit()


def entry(column: Column, parent: QWidget | None = None) -> ColumnEntry:
    """The entry for a column."""
    return CategoryEntry(column, parent) if column.kind == "category" else NumberEntry(column, parent)


def name_label(column: Column, parent: QWidget) -> QLabel:
    """The column's name, elided if it is long."""
    label = QLabel(parent)
    label.setText(label.fontMetrics().elidedText(column.name, Qt.TextElideMode.ElideRight, 130))
    label.setToolTip(plain_tip(column.name) if label.text() != column.name else "")
    label.setTextFormat(Qt.TextFormat.PlainText)
    set_look(label, "muted")
    return label
