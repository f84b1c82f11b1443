"""One editor per kind of field with a plain value, created from the declaration of the field alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from playground.gui.forms.choices import Choices, Switch
from playground.gui.forms.field_editor import FieldEditor, Proposal
from playground.gui.forms.number_field import NumberField
from playground.gui.forms.text_editors import _ONE_LINE, NumbersEditor, ParagraphEditor, TextEditor
from playground.gui.style.translation import translated
from playground.spec.component import FieldInfo


class NumberEditor(FieldEditor):
    """Edits integers and real numbers."""

    def __init__(self, field: FieldInfo, *, steppers: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.number = NumberField(field, steppers=steppers)
        self._set_inner(self.number)
        self.number.committed.connect(self._committed)
        self.number.refused.connect(self.refused)

    def show_value(self, value: Any) -> None:
        self.number.show_number(value)

    def _committed(self, value: Any, stepped: bool) -> None:
        self.edited.emit(Proposal(value, gradual=stepped))


class FeatureEditor(FieldEditor):
    """A check box that enables a feature, and next to it the number, which is 0 while the feature is disabled."""

    def __init__(self, field: FieldInfo, *, steppers: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        assert field.on is not None
        self.switch = Switch(False, True)
        self.number = NumberField(field, steppers=steppers)
        self._value, self._last_value = 0.0, field.on  # the value that is used when the feature is enabled again
        self._lock_reason = ""
        self._set_inner(self.switch)
        self._row.setStretchFactor(self.switch, 0)
        self._describe(self.number)
        self._row.addWidget(self.number, 1)
        self.switch.activated.connect(self._activated)
        self.number.committed.connect(self._committed)
        self.number.refused.connect(self.refused)

    @property
    def stops(self) -> tuple[QWidget, ...]:
        return self.switch, self.number

    def show_value(self, value: Any) -> None:
        self._value = value
        if value:
            self._last_value = value
        self.switch.choose(bool(value))
        if not value and self.number.hasFocus():  # a disabled widget must not pass on the focus
            self.switch.setFocus(Qt.FocusReason.OtherFocusReason)
        self.number.show_number(self._last_value)
        self._enable()

    def lock(self, why: str) -> None:
        super().lock(why)
        self._lock_reason = "" if self.field.live else why
        self._enable()

    def _enable(self) -> None:
        self.number.setEnabled(bool(self._value) and not self._lock_reason)

    def _activated(self, index: int) -> None:
        value = self._last_value if index else 0.0
        self.show_value(value)
        self.edited.emit(Proposal(value))

    def _committed(self, value: Any, stepped: bool) -> None:
        self.show_value(value)
        self.edited.emit(Proposal(value, gradual=stepped))


class FlagEditor(FieldEditor):
    """Edits a boolean."""

    def __init__(self, field: FieldInfo, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.switch = Switch(False, True)
        self._set_inner(self.switch)
        self._value = False
        self.switch.activated.connect(self._activated)

    def show_value(self, value: Any) -> None:
        self._value = value
        self.switch.choose(value)

    def _activated(self, index: int) -> None:
        value = self.switch.value_at(index)
        if value != self._value:
            self._value = value
            self.edited.emit(Proposal(value))


class ChoiceEditor(FieldEditor):
    """Chooses one of a few options."""

    def __init__(self, field: FieldInfo, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.choices = Choices([(value, translated(label)) for value, label in field.options])
        self._set_inner(self.choices)
        self._value: Any = None
        self.choices.activated.connect(self._activated)

    def show_value(self, value: Any) -> None:
        self._value = value
        self.choices.choose(value)

    def _activated(self, index: int) -> None:
        value = self.choices.value_at(index)
        if value != self._value:
            self._value = value
            self.edited.emit(Proposal(value))


class AmongEditor(FieldEditor):
    """Chooses one of the texts that only the component can list, such as the columns of a table."""

    def __init__(self, field: FieldInfo, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.choices = Choices([])
        self._set_inner(self.choices)
        self._value = ""
        self._texts: tuple[str, ...] = ()
        self.choices.activated.connect(self._activated)

    def offer(self, texts: Sequence[str]) -> None:
        """Set the texts to choose from."""
        if tuple(texts) != self._texts:
            self._texts = tuple(texts)
            self.choices.offer([(text, text) for text in texts])

    def show_value(self, value: Any) -> None:
        self._value = value
        self.choices.setCurrentIndex(self.choices.findText(value))

    def _activated(self, index: int) -> None:
        text = self.choices.value_at(index)
        if text != self._value:
            self._value = text
            self.edited.emit(Proposal(text))


def simple_editor(field: FieldInfo, *, steppers: bool = True) -> FieldEditor:
    """The editor of a field that holds no component.

    Raises:
        ValueError: the field's kind has no such editor.
    """
    if field.on is not None:
        return FeatureEditor(field, steppers=steppers)
    if field.kind in ("integer", "real"):
        return NumberEditor(field, steppers=steppers)
    if field.kind == "flag":
        return FlagEditor(field)
    if field.kind == "choice":
        return ChoiceEditor(field)
    if field.among:
        return AmongEditor(field)
    if field.kind == "numbers":
        return NumbersEditor(field)
    if field.kind == "text":
        return ParagraphEditor(field) if (field.maximum or 0) > _ONE_LINE else TextEditor(field)
    raise ValueError(f"a field of kind {field.kind!r} holds components")
