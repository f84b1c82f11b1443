"""Editors of what a search may change in the structure: two bounds, or some of the members of a family."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QGridLayout, QHBoxLayout, QLabel, QSpinBox, QWidget

from playground.gui.style.spin_boxes import inset
from playground.gui.style.translation import translated
from playground.spec.component import NONE
from playground.spec.experiment import Experiment
from playground.spec.layers.activation import Activation
from playground.spec.layers.normalization import Normalization
from playground.spec.search.names import value_text
from playground.spec.search.network_ranges import NetworkChoice, WidthRange
from playground.spec.search.ranges import MOST_TIMES, Range, Repeats

_STEP = 0.25  # of factors


class StructureEditor(QWidget):
    """Base of the editors; `changed` carries each range that is entered, None where none is left."""

    changed = Signal(object)  # Range | None
    refused = Signal(str)  # why what is entered is no range; empty once it is one

    def commit(self) -> None:
        """Take what is being typed."""


class BoundsEditor(StructureEditor):
    """The least and the greatest number; one that passes the other pushes it along, so that they stay in order."""

    def __init__(self, item: Repeats | WidthRange, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._item = item
        self.low, self.high = self._box(item.low), self._box(item.high)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for words, box in ((self.tr("&From"), self.low), (self.tr("&To"), self.high)):
            label = QLabel(words, self)
            label.setBuddy(box)
            box.setAccessibleName(words.replace("&", ""))
            row.addWidget(label)
            row.addWidget(box, 1)
        if isinstance(item, Repeats):
            row.addWidget(QLabel(self.tr("times"), self))
        self.low.valueChanged.connect(self._push_high)
        self.high.valueChanged.connect(self._push_low)

    def commit(self) -> None:
        for box in (self.low, self.high):
            box.interpretText()

    def _box(self, value: float) -> QSpinBox | QDoubleSpinBox:
        box: QSpinBox | QDoubleSpinBox
        if isinstance(self._item, Repeats):
            box = QSpinBox(self)
            box.setRange(0, MOST_TIMES)
            box.setValue(int(value))
        else:
            box = QDoubleSpinBox(self)
            box.setRange(0.01, 100.0)
            box.setSingleStep(_STEP)
            box.setPrefix("× ")
            box.setValue(value)
        box.setKeyboardTracking(False)
        inset(box)
        return box

    @Slot()
    def _push_high(self) -> None:
        self._push(self.high, self.low, 1)

    @Slot()
    def _push_low(self) -> None:
        self._push(self.low, self.high, -1)

    def _push(self, other: QSpinBox | QDoubleSpinBox, edited: QSpinBox | QDoubleSpinBox, steps: int) -> None:
        """Move the other bound by a step beyond the edited one where they are not in order; where it cannot, both."""
        for box, away in ((other, steps), (edited, -steps)):
            if self.low.value() >= self.high.value():
                reach = edited.value() if box is other else other.value()
                with QSignalBlocker(box):
                    if isinstance(box, QSpinBox):
                        box.setValue(int(reach))
                    else:
                        box.setValue(reach)
                    box.stepBy(away)
        self.changed.emit(self._item.with_(low=self.low.value(), high=self.high.value()))


class MembersEditor(StructureEditor):
    """Boxes for the activations, or for the norms and none of them."""

    def __init__(self, item: NetworkChoice, experiment: Experiment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._item = item
        self._options = _members(item)
        self.boxes: list[QCheckBox] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        rows = (len(self._options) + 1) // 2
        for number, option in enumerate(self._options):
            text = translated(value_text(item, experiment, option))
            box = QCheckBox(text.replace("&", "&&"), self)
            box.setChecked(option in item.options)
            box.toggled.connect(self._tell)
            grid.addWidget(box, number % rows, number // rows)
            self.boxes.append(box)

    @Slot()
    def _tell(self) -> None:
        chosen = tuple(option for option, box in zip(self._options, self.boxes, strict=True) if box.isChecked())
        if len(chosen) < 2:
            self.refused.emit(self.tr("Choose at least two."))
            return
        self.refused.emit("")
        self.changed.emit(self._item.with_(options=chosen))


def _members(item: NetworkChoice) -> Sequence[str]:
    """The ids of all that may be chosen, those of the range first."""
    family = Activation if item.what == "activation" else Normalization
    ids = (*(member.id for member in family.members()), *((NONE,) if item.what == "norm" else ()))
    return tuple(dict.fromkeys((*item.options, *ids)))


def editor_of(item: Range, experiment: Experiment) -> StructureEditor | None:
    """The editor of a range; None where there is nothing to edit, or where it needs the document."""
    if isinstance(item, Repeats | WidthRange):
        return BoundsEditor(item)
    return MembersEditor(item, experiment) if isinstance(item, NetworkChoice) else None
