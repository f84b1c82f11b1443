"""Who is to race and with which budget: the form of the dialog."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QVBoxLayout, QWidget

from playground.engine.race.budget import Budget, BudgetKind, budget
from playground.gui.style.check_box import CheckBox
from playground.gui.style.combo_box import ComboBox
from playground.gui.style.labels import text_label
from playground.gui.style.run_colors import RunColor, run_color
from playground.gui.style.spin_boxes import inset
from playground.spec.experiment import Experiment

_PRESENT = ""  # id of the experiment that the window shows
_GIGA = 1e9


class Candidate(NamedTuple):
    """An experiment that may race."""

    run_id: str  # of the stored run that it is from; empty for the one that the window shows
    experiment: Experiment


class Contestants(QWidget):
    """Check boxes for experiments, and the budget."""

    changed = Signal()

    def __init__(self, candidates: Sequence[Candidate], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._candidates = tuple(candidates)
        taken: list[RunColor] = []
        for candidate in candidates:
            taken.append(run_color(candidate.run_id, taken))
        self._colors = tuple(taken)
        few = sum(candidate.run_id != _PRESENT for candidate in candidates) < 2
        self.boxes = [self._box(candidate, checked=few or candidate.run_id != _PRESENT) for candidate in candidates]
        self.same_data = CheckBox(self.tr("All get the data of the first"), self)
        self.kind = ComboBox(self)
        self.kind.setAccessibleName(self.tr("Kind of budget"))
        self.amount = QDoubleSpinBox(self)
        inset(self.amount)
        self.amount.setAccessibleName(self.tr("Budget of each"))
        self._units = (
            (BudgetKind.STEPS, self.tr("steps"), 0, 1000.0, 1.0),
            (BudgetKind.SECONDS, self.tr("seconds of own computing time"), 1, 30.0, 1.0),
            (BudgetKind.FLOPS, self.tr("GFLOP of training"), 1, 100.0, _GIGA),
        )
        for _, label, *_rest in self._units:
            self.kind.addItem(label)
        self._arrange()
        self._show_unit()
        self.kind.currentIndexChanged.connect(self._show_unit)
        self.amount.valueChanged.connect(self.changed)
        for box in (*self.boxes, self.same_data):
            box.toggled.connect(self.changed)

    @property
    def chosen(self) -> tuple[Experiment, ...]:
        """The experiments that are to race."""
        return tuple(item.experiment for item, box in self._rows() if box.isChecked())

    @property
    def colors(self) -> tuple[RunColor, ...]:
        """The colours of these, those of their stored runs where they are free."""
        return tuple(color for color, box in zip(self._colors, self.boxes, strict=True) if box.isChecked())

    @property
    def limit(self) -> Budget:
        """The budget."""
        kind, _, _, _, unit = self._units[self.kind.currentIndex()]
        return budget(kind, self.amount.value() * unit)

    def _rows(self) -> zip[tuple[Candidate, CheckBox]]:
        return zip(self._candidates, self.boxes, strict=True)

    def _box(self, candidate: Candidate, *, checked: bool) -> CheckBox:
        name = candidate.experiment.name.replace("&", "&&")
        words = name if candidate.run_id != _PRESENT else self.tr("{0} (shown in the window)").format(name)
        box = CheckBox(words, self)
        box.setChecked(checked)
        return box

    @Slot()
    def _show_unit(self) -> None:
        _, _, decimals, usual, _ = self._units[self.kind.currentIndex()]
        self.amount.setDecimals(decimals)
        self.amount.setRange(10.0**-decimals, 1e9)
        self.amount.setValue(usual)

    def _arrange(self) -> None:
        limits = QHBoxLayout()
        limits.addWidget(text_label(self, self.tr("Budget of each"), "muted"))
        limits.addWidget(self.amount)
        limits.addWidget(self.kind)
        limits.addSpacing(16)
        limits.addWidget(self.same_data)
        limits.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        boxes = QHBoxLayout()
        for box in self.boxes:
            boxes.addWidget(box)
        boxes.addStretch(1)
        column.addLayout(boxes)
        column.addLayout(limits)
