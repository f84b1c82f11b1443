"""Sliders with a name and a value next to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from playground.gui.style.slider import Slider


class LabelledSlider(QWidget):
    """Chooses one of an ordered list of values."""

    changed = Signal()

    def __init__(
        self,
        name: str,
        values: Sequence[float],
        value: float,
        written: Callable[[float], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._values, self._written = tuple(values), written
        self.slider = Slider(self)
        self.slider.setRange(0, len(self._values) - 1)
        self.slider.setValue(self._values.index(value))
        self.slider.setPageStep(max(1, len(self._values) // 8))
        self.slider.setAccessibleName(name)
        self._number = QLabel(self)
        self._number.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._label = QLabel(name, self)
        self._label.setBuddy(self.slider)
        row = QGridLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setHorizontalSpacing(10)
        row.addWidget(self._label, 0, 0)
        row.addWidget(self.slider, 0, 1)
        row.addWidget(self._number, 0, 2)
        row.setColumnStretch(1, 1)
        widest = max(self._number.fontMetrics().horizontalAdvance(written(item)) for item in self._values)
        self._number.setMinimumWidth(widest)
        self.slider.valueChanged.connect(self._changed)
        self._show()

    @property
    def value(self) -> float:
        """The chosen value."""
        return self._values[self.slider.value()]

    @property
    def name_width(self) -> int:
        """The width of the name in pixels."""
        return self._label.sizeHint().width()

    def set_name_width(self, width: int) -> None:
        """Align the start of the slider with others."""
        self._label.setMinimumWidth(width)

    @Slot()
    def _changed(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        words = self._written(self.value)
        self._number.setText(words)
        self.slider.setToolTip(words)
