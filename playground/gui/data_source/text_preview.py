"""The first lines of a text as they were read, and a choice of its encoding."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from playground.gui.forms.field_editor import fixed_words
from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.spec.data.text_encoding import ENCODINGS, encoding_name
from playground.spec.data.text_summary import TextFile
from playground.spec.messages import message

_LINES = 5  # of the text that are shown at once


class TextPreview(QWidget):
    """Shows a text; calls `reread` with the encoding that a person picks, None for that which the bytes suggest."""

    def __init__(self, reread: Callable[[str | None], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reread = reread
        self.encoding = QComboBox(self)
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
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("Encoding"), self.encoding)
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
        self.encoding.setToolTip(fixed_words() if training else plain_tip(self.encoding.currentText()))
        if self.lines.toPlainText() != source.beginning:
            self.lines.setPlainText(source.beginning)

    @Slot(int)
    def _picked(self, index: int) -> None:
        self._reread(self.encoding.itemData(index))
