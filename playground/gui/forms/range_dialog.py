"""Edits the range of one field: two bounds, or the values among which a search chooses."""

from __future__ import annotations

from pydantic import ValidationError
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from playground.gui.forms.number_input import read_number, write_value
from playground.gui.style.labels import text_label
from playground.gui.style.translation import translated
from playground.spec.component import FieldInfo
from playground.spec.experiment import Experiment
from playground.spec.messages import PlaygroundError, message
from playground.spec.search.names import range_name, value_text
from playground.spec.search.places import field_at
from playground.spec.search.proposal import options_of, range_edit, range_refusal
from playground.spec.search.ranges import Choices, FieldRange, NumberRange

_HIGHEST = 320  # pixels of a list of choices


class RangeDialog(QDialog):
    """Proposes a range; `chosen` carries the one that was accepted, or None where it was removed."""

    chosen = Signal(object)

    def __init__(
        self, experiment: Experiment, item: NumberRange | Choices, *, exists: bool, parent: QWidget | None = None
    ) -> None:
        """`item` is shown at first; `exists`: it is in the experiment, and may be removed."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Search over a range"))
        self._experiment, self._item = experiment, item
        info = field_at(experiment, item.place)
        assert info is not None
        self._info: FieldInfo = info
        # Of a number, a file may hold a range of a few values; these can be left out here, not added to.
        self._values = options_of(info) or (item.options if isinstance(item, Choices) else ())
        self.low, self.high = QLineEdit(self), QLineEdit(self)
        self.logarithmic = QCheckBox(self.tr("&Logarithmic: even factors rather than even steps"), self)
        self.boxes: list[QCheckBox] = []
        self.words = text_label(self, "", "error")
        self.words.setWordWrap(True)
        column = QVBoxLayout(self)
        column.addWidget(text_label(self, translated(range_name(item, experiment)), "heading"))
        if isinstance(item, NumberRange):
            column.addLayout(self._bounds(item))
            column.addWidget(self.logarithmic)
        else:
            column.addWidget(self._options(item))
            for widget in (self.low, self.high, self.logarithmic):
                widget.hide()
        column.addWidget(self.words)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        if exists:
            remove = self.buttons.addButton(self.tr("&Remove the range"), QDialogButtonBox.ButtonRole.ResetRole)
            remove.clicked.connect(self._remove)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column.addWidget(self.buttons)
        self._check()

    @property
    def found(self) -> FieldRange:
        """The range as it is entered.

        Raises:
            PlaygroundError: it is none.
        """
        try:
            made = self._entered()
            range_edit(self._experiment, self._item, made).apply(self._experiment)
        except ValidationError as error:
            raise PlaygroundError(range_refusal(error)) from error
        made.domain(self._experiment)
        return made

    def accept(self) -> None:
        """Take the range, if it is one."""
        try:
            found = self.found
        except PlaygroundError:
            return
        super().accept()
        self.chosen.emit(found)

    @Slot()
    def _remove(self) -> None:
        super().accept()
        self.chosen.emit(None)

    @Slot()
    def _check(self) -> None:
        """Say why it cannot be taken."""
        words = ""
        try:
            _ = self.found
        except PlaygroundError as error:
            words = translated(error.message)
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not words)

    def _entered(self) -> FieldRange:
        if isinstance(self._item, NumberRange):
            low, high = (float(read_number(self._info, line.text())) for line in (self.low, self.high))
            if low >= high:
                raise PlaygroundError(message("The smallest value should be below the largest."))
            return self._item.with_(low=low, high=high, logarithmic=self.logarithmic.isChecked())
        options = [option for option, box in zip(self._values, self.boxes, strict=True) if box.isChecked()]
        if len(options) < 2:
            raise PlaygroundError(message("Choose at least two values."))
        return self._item.with_(options=tuple(options))

    def _bounds(self, item: NumberRange) -> QFormLayout:
        form = QFormLayout()
        for line, words, value in ((self.low, self.tr("&From"), item.low), (self.high, self.tr("&To"), item.high)):
            line.setText(write_value(self._info, int(value) if self._info.kind == "integer" else value))
            line.textEdited.connect(self._check)
            form.addRow(words, line)
            line.setAccessibleName(words.replace("&", ""))
        self.logarithmic.setChecked(item.logarithmic)
        self.logarithmic.toggled.connect(self._check)
        return form

    def _options(self, item: Choices) -> QWidget:
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        for option in self._values:
            text = translated(value_text(item, self._experiment, option))
            box = QCheckBox(text.replace("&", "&&"), page)
            box.setChecked(option in item.options)
            box.toggled.connect(self._check)
            column.addWidget(box)
            self.boxes.append(box)
        scroll = QScrollArea(self)
        scroll.setWidget(page)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setMinimumHeight(min(_HIGHEST, page.sizeHint().height()))
        return scroll
