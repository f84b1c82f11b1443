"""The editors of text fields: a line, a list of numbers, a paragraph."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QLineEdit, QWidget

from playground.gui.forms.field_editor import FieldEditor, Proposal
from playground.gui.forms.number_input import Number, RefusedNumber, read_numbers, write_numbers
from playground.gui.style.text_entry import BoundedTextEdit
from playground.gui.style.translation import translated
from playground.spec.component import FieldInfo

_ONE_LINE = 200  # maximum length for a single line; longer texts get several lines


class TextEditor(FieldEditor):
    """Edits a line of text; committed by Enter or by losing the focus."""

    def __init__(self, field: FieldInfo, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.line = QLineEdit()
        if field.maximum is not None:
            self.line.setMaxLength(int(field.maximum))
        self._set_inner(self.line)
        self._value = ""
        self.line.editingFinished.connect(self._finished)

    def show_value(self, value: Any) -> None:
        self._value = value
        if self.line.text() != value and not (self.line.hasFocus() and self.line.isModified()):
            self.line.setText(value)

    def _finished(self) -> None:
        text = self.line.text()
        self.line.setModified(False)
        if text != self._value:
            self._value = text
            self.edited.emit(Proposal(text))


class NumbersEditor(FieldEditor):
    """Edits a list of numbers in one line; committed by Enter or by losing the focus."""

    def __init__(self, field: FieldInfo, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.line = QLineEdit()
        self.line.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._set_inner(self.line)
        self._value: tuple[Number, ...] = ()
        self.line.editingFinished.connect(self._finished)

    def show_value(self, value: Any) -> None:
        self._value = value
        if not (self.line.hasFocus() and self.line.isModified()):
            self.line.setText(write_numbers(value))
            self.line.setCursorPosition(0)  # a long list is shown from its beginning

    def _finished(self) -> None:
        if not self.line.isModified():
            return
        try:
            numbers = read_numbers(self.field, self.line.text())
        except RefusedNumber as error:
            self.refused.emit(translated(error.message))
            return
        self.refused.emit("")
        self.line.setModified(False)
        self.line.setText(write_numbers(numbers))
        if numbers != self._value:
            self._value = numbers
            self.edited.emit(Proposal(numbers))


class ParagraphEditor(FieldEditor):
    """Edits several lines of text; every change is proposed as it is typed."""

    def __init__(self, field: FieldInfo, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.text = BoundedTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setMaximumHeight(6 * self.text.fontMetrics().lineSpacing())
        self._set_inner(self.text)
        self.text.textChanged.connect(self._changed)

    def show_value(self, value: Any) -> None:
        if self.text.toPlainText() != value:
            blocked = self.text.blockSignals(True)
            self.text.setPlainText(value)
            self.text.blockSignals(blocked)

    def _changed(self) -> None:
        text = self.text.toPlainText()
        maximum = self.field.maximum
        if maximum is not None and len(text) > maximum:
            words = self.tr("{0} characters are too many. Expected at most {1}.")
            self.refused.emit(words.format(f"{len(text):,}", f"{int(maximum):,}"))
            return
        self.refused.emit("")
        self.edited.emit(Proposal(text, gradual=True))
