"""The first lines of a text as they were read, and a choice of its encoding."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QPlainTextEdit, QSpinBox, QVBoxLayout, QWidget

from playground.gui.forms.field_editor import fixed_words
from playground.gui.style.combo_box import ComboBox
from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.spec.data.text_encoding import ENCODINGS, encoding_name
from playground.spec.data.text_summary import TextFile
from playground.spec.data.text_units import FEWEST_UNITS, MOST_UNITS, UNIT_NAMES, TextUnits
from playground.spec.messages import message

_LINES = 5  # of the text that are shown at once


class TextPreview(QWidget):
    """Shows a text; calls `reread` with what a person changes of how it is read, named as in `TextChoice`."""

    def __init__(self, reread: Callable[..., None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reread = reread
        self._size = 0  # of the vocabulary that is shown
        self.encoding = ComboBox(self)
        self.encoding.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.encoding.setAccessibleName(self.tr("Encoding"))
        self.encoding.addItem("", None)
        for name in ENCODINGS:
            self.encoding.addItem(translated(message(encoding_name(name))), name)
        self.encoding.activated.connect(self._picked)
        self.lines = QPlainTextEdit(self)
        self.lines.setReadOnly(True)
        self.lines.setAccessibleName(self.tr("The first lines as they were read"))
        self.lines.setFixedHeight(self.lines.fontMetrics().lineSpacing() * _LINES + 2 * self.lines.frameWidth() + 10)
        heading = QLabel(self.tr("First lines"), self)
        set_look(heading, "muted")
        self.units = ComboBox(self)
        self.units.setAccessibleName(self.tr("Units"))
        self.units.setToolTip(self.tr("What the network reads and predicts one by one"))
        for kind, label in UNIT_NAMES.items():
            self.units.addItem(translated(message(label)), kind)
        self.units.activated.connect(self._units_picked)
        self.vocabulary = QSpinBox(self)
        self.vocabulary.setRange(FEWEST_UNITS, MOST_UNITS)
        self.vocabulary.setSingleStep(100)
        self.vocabulary.setKeyboardTracking(False)
        self.vocabulary.setAccessibleName(self.tr("Vocabulary"))
        self.vocabulary.setToolTip(self.tr("How many different words or byte pairs the network knows"))
        self.vocabulary.editingFinished.connect(self._vocabulary_changed)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("Encoding"), self.encoding)
        form.addRow(self.tr("Units"), self.units)
        form.addRow(self.tr("Vocabulary"), self.vocabulary)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(form)
        column.addWidget(heading)
        column.addWidget(self.lines)

    def show_text(self, source: TextFile, *, training: bool, busy: bool) -> None:
        """Show a text; while it trains, and while it is read, no other encoding can be picked."""
        found = self.tr("by file") if len({part.encoding for part in source.parts}) > 1 else ""
        found = found or translated(message(encoding_name(source.encoding)))
        automatic = self.tr("Automatic") if source.chosen else self.tr("Automatic: {0}").format(found)
        self.encoding.setItemText(0, automatic)
        self.encoding.setCurrentIndex(self.encoding.findData(source.encoding) if source.chosen else 0)
        self.encoding.setEnabled(not (training or busy))
        self._size = source.units.size
        self._show_units(source.units, enabled=not (training or busy))
        self.encoding.setToolTip(fixed_words() if training else plain_tip(self.encoding.currentText()))
        if self.lines.toPlainText() != source.beginning:
            self.lines.setPlainText(source.beginning)

    @Slot(int)
    def _picked(self, index: int) -> None:
        self._reread(encoding=self.encoding.itemData(index))

    @Slot()
    def _units_picked(self) -> None:
        kind, size = self.units.currentData(), self.vocabulary.value()
        self._reread(units=kind, vocabulary=size)

    @Slot()
    def _vocabulary_changed(self) -> None:
        if self.vocabulary.value() != self._size:
            self._units_picked()

    def _show_units(self, units: TextUnits, *, enabled: bool) -> None:
        self.units.setCurrentIndex(self.units.findData(units.kind))
        self.units.setEnabled(enabled)
        self.vocabulary.setEnabled(enabled and bool(units))
        with QSignalBlocker(self.vocabulary):
            self.vocabulary.setValue(units.size)
