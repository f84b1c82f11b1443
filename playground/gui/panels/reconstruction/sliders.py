"""Sliders for the numbers of a bottleneck with other than two numbers: each changes one of them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QWidget

from playground.gui.style.slider import Slider
from playground.gui.style.theme import set_look

MOST = 64  # maximum number of sliders; the remaining numbers of a longer code are those of the drawing
_STEPS = 200  # of a slider


class Sliders(QScrollArea):
    """One slider per number of the code, at most `MOST`; they follow the drawing until one is moved."""

    moved = Signal(object)  # tuple of shares, 0–1

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sliders: list[Slider] = []
        self._shares: list[float] = []  # exact values, which the sliders show rounded to a step and clamped
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setAccessibleName(self.tr("The numbers in the middle of the network"))

    def set_count(self, count: int) -> None:
        """Create that many sliders, all in the middle."""
        if min(count, MOST) == len(self._sliders):
            return
        page = QWidget(self)
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setVerticalSpacing(2)
        self._sliders = [Slider(page) for _ in range(min(count, MOST))]
        self._shares = [0.5] * len(self._sliders)
        for row, slider in enumerate(self._sliders):
            slider.setRange(0, _STEPS)
            slider.setValue(_STEPS // 2)
            slider.setAccessibleName(self.tr("Number {0}").format(row + 1))
            slider.valueChanged.connect(partial(self._note, row))
            number = QLabel(str(row + 1), page)
            set_look(number, "muted")
            grid.addWidget(number, row, 0)
            grid.addWidget(slider, row, 1)
        grid.setRowStretch(len(self._sliders), 1)
        self.setWidget(page)

    def follow(self, shares: tuple[float, ...]) -> None:
        """Show the code of a drawing without emitting `moved`."""
        self._shares = list(shares[: len(self._sliders)])
        for slider, share in zip(self._sliders, self._shares, strict=True):
            slider.blockSignals(True)
            slider.setValue(round(share * _STEPS))
            slider.blockSignals(False)

    def _note(self, row: int, value: int) -> None:
        self._shares[row] = value / _STEPS
        self.moved.emit(tuple(self._shares))
