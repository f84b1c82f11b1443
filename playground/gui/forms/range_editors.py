"""Editors of what a search may change: two bounds, of a field or of the structure, or some of several choices."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError
from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from playground.gui.forms.number_input import read_number, write_value
from playground.gui.style.check_box import CheckBox
from playground.gui.style.spin_boxes import inset
from playground.gui.style.translation import translated
from playground.spec.component import NONE, FieldInfo
from playground.spec.experiment import Experiment
from playground.spec.layers.activation import Activation
from playground.spec.layers.normalization import Normalization
from playground.spec.messages import PlaygroundError, message
from playground.spec.search.domain import Scalar
from playground.spec.search.names import value_text
from playground.spec.search.network_ranges import NetworkChoice, WidthRange
from playground.spec.search.places import field_at
from playground.spec.search.proposal import options_of, range_refusal
from playground.spec.search.ranges import MOST_TIMES, Choices, NumberRange, Range, Repeats
from playground.spec.search.structure import structure_of

_HALF = 130  # pixels of a text beside which there is room for another
_STEP = 0.25  # of factors
_UNKERNED = 3  # pixels


class RangeEditor(QWidget):
    """Base of the editors; `changed` carries each range that is entered, None where none is left."""

    changed = Signal(object)  # Range | None
    refused = Signal(str)  # why what is entered is no range; empty once it is one

    @property
    def right(self) -> bool:
        """Whether what is entered is a range."""
        return True

    def commit(self) -> None:
        """Take what is being typed."""

    def _label(self, words: str) -> QLabel:
        """A label with room for the letter behind the underlined one, which Qt does not kern as it measures it."""
        label = QLabel(words, self)
        label.setContentsMargins(0, 0, _UNKERNED, 0)
        return label


class BoundsEditor(RangeEditor):
    """The least and the greatest number; one that passes the other pushes it along, so that they stay in order."""

    def __init__(self, item: Repeats | WidthRange, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._item = item
        self.low, self.high = self._box(item.low), self._box(item.high)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for words, box in ((self.tr("&From"), self.low), (self.tr("&To"), self.high)):
            label = self._label(words)
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


class FieldBounds(RangeEditor):
    """The least and the greatest number of a field, as the field itself writes them, and how values between are drawn.

    They are taken when the keyboard leaves them; what is wrong with them is said at once.
    """

    def __init__(self, item: NumberRange, experiment: Experiment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._item = item
        info = field_at(experiment, item.place)
        assert info is not None
        self._info: FieldInfo = info
        self.low, self.high = QLineEdit(self), QLineEdit(self)
        self.logarithmic = CheckBox(self.tr("&Logarithmic: even factors rather than even steps"), self)
        self.logarithmic.setChecked(item.logarithmic)
        column, row = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for line, words, value in ((self.low, self.tr("&From"), item.low), (self.high, self.tr("&To"), item.high)):
            line.setText(write_value(info, int(value) if info.kind == "integer" else value))
            line.setAccessibleName(words.replace("&", ""))
            line.textEdited.connect(self._check)
            line.editingFinished.connect(self.commit)
            label = self._label(words)
            label.setBuddy(line)
            row.addWidget(label)
            row.addWidget(line, 1)
        column.addLayout(row)
        column.addWidget(self.logarithmic)
        self.logarithmic.toggled.connect(self.commit)

    @property
    def right(self) -> bool:
        return self._check() is not None

    @Slot()
    def commit(self) -> None:
        found = self._check()
        if found is not None and found != self._item:
            self._item = found
            self.changed.emit(found)

    @Slot()
    def _check(self) -> NumberRange | None:
        """The range that is entered; where it is none, say why."""
        try:
            low, high = (float(read_number(self._info, line.text())) for line in (self.low, self.high))
            if low >= high:
                raise PlaygroundError(message("The smallest value should be below the largest."))
            found = self._item.with_(low=low, high=high, logarithmic=self.logarithmic.isChecked())
        except ValidationError as error:
            self.refused.emit(translated(range_refusal(error)))
        except PlaygroundError as error:
            self.refused.emit(translated(error.message))
        else:
            self.refused.emit("")
            return found
        return None


class MembersEditor(RangeEditor):
    """A box for each choice."""

    def __init__(
        self,
        item: NetworkChoice | Choices,
        options: Sequence[Scalar],
        experiment: Experiment,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._item, self._options = item, options
        self.boxes: list[CheckBox] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        texts = [translated(value_text(item, experiment, option)) for option in options]
        widest = max(self.fontMetrics().horizontalAdvance(text) for text in texts)
        rows = (len(options) + 1) // 2 if widest < _HALF else len(options)
        for number, (option, text) in enumerate(zip(options, texts, strict=True)):
            box = CheckBox(text.replace("&", "&&"), self)
            box.setChecked(option in item.options)
            box.toggled.connect(self._tell)
            grid.addWidget(box, number % rows, number // rows)
            self.boxes.append(box)

    @property
    def right(self) -> bool:
        return len(self._chosen()) >= 2

    def _chosen(self) -> tuple[Scalar, ...]:
        return tuple(option for option, box in zip(self._options, self.boxes, strict=True) if box.isChecked())

    @Slot()
    def _tell(self) -> None:
        if not self.right:
            self.refused.emit(self.tr("Choose at least two."))
            return
        self.refused.emit("")
        self.changed.emit(self._item.with_(options=self._chosen()))


def _members(item: NetworkChoice) -> Sequence[str]:
    """The ids of all that may be chosen, those of the range first."""
    family = Activation if item.what == "activation" else Normalization
    ids = (*(member.id for member in family.members()), *((NONE,) if item.what == "norm" else ()))
    return tuple(dict.fromkeys((*item.options, *ids)))


def _values(item: Choices, experiment: Experiment) -> Sequence[Scalar]:
    """Those of the field; of a number, a file may hold a range of a few values, which can be left out, not added to."""
    info = field_at(experiment, item.place)
    return (options_of(info) if info else ()) or item.options


def editor_of(item: Range, experiment: Experiment) -> RangeEditor | None:
    """The editor of a range; None where there is nothing to edit, or where it needs the document."""
    if isinstance(item, Repeats | WidthRange):
        return BoundsEditor(item)
    if isinstance(item, NetworkChoice):
        return MembersEditor(item, _members(item), experiment)
    if structure_of(item) is not None:
        return None
    if isinstance(item, NumberRange):
        return FieldBounds(item, experiment)
    return MembersEditor(item, _values(item, experiment), experiment) if isinstance(item, Choices) else None
