"""One editor for each kind of field, made from its declaration alone; editors show values and propose others."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontDatabase, QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QStyle, QStyleOptionComboBox, QWidget

from playground.gui.forms.number_field import NumberField, paint_arrow
from playground.gui.forms.number_input import Number, RefusedNumber, read_numbers, write_numbers
from playground.gui.style.labels import plain_tip
from playground.gui.style.text_entry import BoundedTextEdit
from playground.gui.style.theme import theme_of
from playground.gui.style.translation import translated
from playground.spec.component import FieldInfo
from playground.spec.messages import tr_noop

_ONE_LINE = 200  # longer texts get several lines
_NARROWEST = 60  # pixels; what a combo box can do with


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a person wants a field to be: `value` is the whole new value of the editor's own field.

    `place` leads from there to what was touched (names of fields, numbers of list items), `label` is what
    that is called, and `gradual` says that it is one of a series, such as turning a wheel, to be undone at once.
    """

    value: Any
    place: tuple[str, ...] = ()
    label: str = ""
    gradual: bool = False

    def within(self, name: str, value: Any, label: str = "") -> Proposal:
        """The same wish, seen from the component that holds the field `name` and becomes `value` by it."""
        return replace(self, value=value, place=(name, *self.place), label=self.label or label)


class FieldEditor(QWidget):
    """What all editors have in common. `below` is what they show under their row, if anything."""

    edited = Signal(object)  # a Proposal
    refused = Signal(str)  # why what was typed cannot be; empty when all is well again
    below: QWidget | None = None

    def __init__(self, field: FieldInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)

    @abstractmethod
    def show_value(self, value: Any) -> None:
        """Show `value` without proposing anything."""

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """What the Tab key goes through, in order."""
        return (self.focusProxy() or self,)

    @property
    def wanted(self) -> int:
        """Pixels; the width at which the longest of the words to choose from is shown whole, 0 where there are none."""
        inner = self.focusProxy()
        return inner.wanted if isinstance(inner, Choices) else 0

    def lock(self, why: str) -> None:
        """Let nothing be changed but what a run that goes on takes over, and say why; empty lets all be changed."""
        for inner in self.stops if not self.field.live else ():
            inner.setEnabled(not why)
            inner.setToolTip(plain_tip(why or explanation(self.field)))

    def _take(self, inner: QWidget) -> None:
        """Put the widget that is edited in, named for screen readers and explained."""
        self._name(inner)
        self.setFocusProxy(inner)
        self._row.addWidget(inner, 1)

    def _name(self, inner: QWidget) -> None:
        inner.setAccessibleName(translated(self.field.label))
        inner.setAccessibleDescription(translated(self.field.help))
        inner.setToolTip(plain_tip(explanation(self.field)))


def fixed_words() -> str:
    """Why a field cannot be changed while it trains."""
    return translated(tr_noop("Fixed while it trains. Pause or stop to change it."))


def explanation(field: FieldInfo) -> str:
    """What stands in a field's tooltip."""
    unit = f" ({translated(field.unit)})" if field.unit else ""
    return f"{translated(field.help)}{unit}"


class NumberEditor(FieldEditor):
    """Whole and real numbers."""

    def __init__(self, field: FieldInfo, *, steppers: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.number = NumberField(field, steppers=steppers)
        self._take(self.number)
        self.number.committed.connect(self._committed)
        self.number.refused.connect(self.refused)

    def show_value(self, value: Any) -> None:
        self.number.show_number(value)

    def _committed(self, value: Any, stepped: bool) -> None:
        self.edited.emit(Proposal(value, gradual=stepped))


class Choices(QComboBox):
    """A combo box that does not change under a wheel that only passes over it."""

    def __init__(self, options: Sequence[tuple[Any, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: list[Any] = []
        self.offer(options)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)

    def offer(self, options: Sequence[tuple[Any, str]]) -> None:
        """Let one of these be chosen: values, and what they are called."""
        self.clear()
        self._values = [value for value, _ in options]
        self.addItems([label for _, label in options])

    @property
    def wanted(self) -> int:
        """Pixels; the width at which each entry is shown whole. It may get less, and then elides them."""
        self.ensurePolished()
        return self.sizeHint().width()

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(_NARROWEST, super().minimumSizeHint().height())

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:  # noqa: N802  Qt's name
        super().initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self)
        # Qt draws the words a pixel inside of that.
        option.currentText = option.fontMetrics.elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, room.width() - 1
        )

    def choose(self, value: Any) -> None:
        """Show `value` as the chosen one."""
        self.setCurrentIndex(self._values.index(value))

    def value_at(self, index: int) -> Any:
        """The value of that entry."""
        return self._values[index]

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  Qt's name
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        painter = QPainter(self)  # the style sheet leaves the combo box without its arrow
        color = theme_of(self).color("muted" if self.isEnabled() else "faint")
        paint_arrow(painter, self.width() - 12, self.height() / 2, color, up=False)
        painter.end()


class Switch(QCheckBox):
    """A check box for one of two values; it is asked and answers as `Choices` does."""

    activated = Signal(int)  # a person chose the first or the second value

    def __init__(self, off: Any, on: Any, words: str = "", parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self._values = (off, on)
        self.clicked.connect(self._clicked)

    def choose(self, value: Any) -> None:
        """Show `value` as the chosen one."""
        self.setChecked(value == self._values[1])

    def value_at(self, index: int) -> Any:
        """The value that stands for off (0) or on (1)."""
        return self._values[index]

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Enter presses it as Space does, and arrows choose as they do in a combo box."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            if self.isChecked() is (key == Qt.Key.Key_Down):
                self.click()
        else:
            super().keyPressEvent(event)

    @Slot(bool)
    def _clicked(self, on: bool) -> None:
        self.activated.emit(int(on))


class FeatureEditor(FieldEditor):
    """A check box that switches a feature on, and beside it the number that is 0 while it is off."""

    def __init__(self, field: FieldInfo, *, steppers: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        assert field.on is not None
        self.switch = Switch(False, True)
        self.number = NumberField(field, steppers=steppers)
        self._value, self._kept = 0.0, field.on  # kept: with what it is switched on again
        self._why = ""
        self._take(self.switch)
        self._row.setStretchFactor(self.switch, 0)
        self._name(self.number)
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
            self._kept = value
        self.switch.choose(bool(value))
        if not value and self.number.hasFocus():  # what can no longer be changed must not hand the keyboard on
            self.switch.setFocus(Qt.FocusReason.OtherFocusReason)
        self.number.show_number(self._kept)
        self._enable()

    def lock(self, why: str) -> None:
        super().lock(why)
        self._why = "" if self.field.live else why
        self._enable()

    def _enable(self) -> None:
        self.number.setEnabled(bool(self._value) and not self._why)

    def _activated(self, index: int) -> None:
        value = self._kept if index else 0.0
        self.show_value(value)
        self.edited.emit(Proposal(value))

    def _committed(self, value: Any, stepped: bool) -> None:
        self.show_value(value)
        self.edited.emit(Proposal(value, gradual=stepped))


class FlagEditor(FieldEditor):
    """Something that is on or off."""

    def __init__(self, field: FieldInfo, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.switch = Switch(False, True)
        self._take(self.switch)
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
    """One of a few words."""

    def __init__(self, field: FieldInfo, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.choices = Choices([(value, translated(label)) for value, label in field.options])
        self._take(self.choices)
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
    """One of the texts that only the component can list, such as the columns of a table."""

    def __init__(self, field: FieldInfo, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.choices = Choices([])
        self._take(self.choices)
        self._value = ""
        self._texts: tuple[str, ...] = ()
        self.choices.activated.connect(self._activated)

    def offer(self, texts: Sequence[str]) -> None:
        """Let one of these be chosen."""
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


class TextEditor(FieldEditor):
    """A line of text; committed by Enter or by leaving it."""

    def __init__(self, field: FieldInfo, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.line = QLineEdit()
        if field.maximum is not None:
            self.line.setMaxLength(int(field.maximum))
        self._take(self.line)
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
    """A line with any count of numbers; committed by Enter or by leaving it."""

    def __init__(self, field: FieldInfo, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.line = QLineEdit()
        self.line.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._take(self.line)
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
    """Several lines of text, proposed as they are typed."""

    def __init__(self, field: FieldInfo, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.text = BoundedTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setMaximumHeight(6 * self.text.fontMetrics().lineSpacing())
        self._take(self.text)
        self.text.textChanged.connect(self._changed)

    def show_value(self, value: Any) -> None:
        if self.text.toPlainText() != value:
            blocked = self.text.blockSignals(True)
            self.text.setPlainText(value)
            self.text.blockSignals(blocked)

    def _changed(self) -> None:
        text = self.text.toPlainText()
        longest = self.field.maximum
        if longest is not None and len(text) > longest:
            words = self.tr("{0} characters are too many. Expected at most {1}.")
            self.refused.emit(words.format(f"{len(text):,}", f"{int(longest):,}"))
            return
        self.refused.emit("")
        self.edited.emit(Proposal(text, gradual=True))


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
