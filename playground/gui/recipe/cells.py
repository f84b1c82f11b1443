"""The cells of the recipe strip: a label and an editor, as narrow as possible."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QToolTip, QWidget

from playground.gui.forms.choices import Choices, Switch, chooser
from playground.gui.forms.editors import ChoiceEditor, FeatureEditor, NumberEditor, simple_editor
from playground.gui.forms.field_editor import Proposal, explanation
from playground.gui.forms.range_offer import RangeOffer
from playground.gui.recipe.popover import OpenPopover, Part
from playground.gui.style.arrow import paint_arrow
from playground.gui.style.discard import discard
from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import set_look, theme_of
from playground.gui.style.translation import translated
from playground.spec.component import Component, FieldInfo, fields_of
from playground.spec.search.proposal import takes_range

_DIGITS = {"integer": 6, "real": 6}  # digits that fit into a number's editor at least
_MOST_DIGITS = 10
_SEARCHED = ("recipe",)  # what ranges can be in, outside of the stack
_FIXED = ("device",)  # is no matter of taste
_DOTS = 20  # pixels; width of the button for more fields
_LABEL_SHARE = 0.94  # of the font's size, for labels
_MOST_NAMED = 2  # maximum number of components that a list names; beyond that it counts them


class Cell(QWidget):
    """One field of the recipe; `edited` carries the path of its component, and the Proposal."""

    edited = Signal(object, object)
    range_requested = Signal(str)  # dotted name, from the experiment down, of a field for which a range is wanted

    def __init__(self, component_path: tuple[str, ...], field: FieldInfo) -> None:
        super().__init__()
        self.component_path, self.field = component_path, field
        self._waiting, self._wrong, self._locked, self._range = False, "", "", ""
        self._label = QLabel(translated(field.label))
        small_font = self._label.font()
        small_font.setPointSizeF(small_font.pointSizeF() * _LABEL_SHARE)
        self._label.setFont(small_font)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(5)
        self._row.addWidget(self._label)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def _offer_range(self, widgets: Sequence[QWidget]) -> None:
        """Let the field be searched over a range, if the recipe's field can hold one."""
        if self.component_path[:1] == _SEARCHED and self.field.name not in _FIXED and takes_range(self.field):
            offer = RangeOffer((self._label, *widgets), self)
            offer.requested.connect(lambda: self.range_requested.emit(self.dotted))

    @property
    def dotted(self) -> str:
        """The name of the field, from the experiment down."""
        return ".".join((*self.component_path, self.field.name))

    def show_ranges(self, texts: Mapping[str, str]) -> None:
        """Show what the range of the field may be, by dotted names."""
        words, text = translated(self.field.label), texts.get(self.dotted, "")
        if text == self._range:
            return
        self._label.setText(f"{words} {text}" if text else words)
        self._range = text
        self._mark()
        self.resized()

    def resized(self) -> None:
        """Let the strip, which asks for the width at once, know that it changed."""
        self._row.invalidate()
        self.updateGeometry()

    @abstractmethod
    def show_value(self, value: Any) -> None:
        """Show `value` without emitting a proposal."""

    def hide_label(self) -> None:
        """Hide the label if the widget before it has the same text."""
        self._label.hide()

    def set_waiting(self, waiting: bool) -> None:
        """Set whether a change takes effect only with the next run."""
        self._waiting = waiting
        self._mark()

    def set_locked(self, why: str) -> None:
        """Disable changes that a running training does not adopt, and show the reason; an empty one enables all."""
        self._locked = why
        self._mark()

    def set_wrong(self, wrong: str) -> None:
        """Mark the field as inconsistent with the rest of the experiment; `wrong` is the reason, empty if none."""
        if wrong != self._wrong:
            self._wrong = wrong
            self._mark()

    def _mark(self) -> None:
        parts = (self._remarks(), explanation(self.field))
        self._label.setToolTip(plain_tip("\n\n".join(filter(None, parts))))
        fixed = self._waiting or self._why_fixed
        set_look(self._label, "warn" if self._wrong or self._range else "faint" if fixed else "muted")

    def _remarks(self) -> str:
        """Notes on the current state, in addition to the explanation of the field."""
        waiting = self.tr("A change takes effect with the next run.") if self._waiting else ""
        searched = self.tr("Searched over: {0}").format(self._range) if self._range else ""
        parts = (self._wrong and f"⚠ {self._wrong}", self._why_fixed or waiting, searched)
        return "\n\n".join(filter(None, parts))

    @property
    def _why_fixed(self) -> str:
        """The reason why the field cannot be changed now; empty if it can."""
        return "" if self.field.live else self._locked


class SimpleCell(Cell):
    """Edits a number or a choice."""

    def __init__(self, component_path: tuple[str, ...], field: FieldInfo) -> None:
        super().__init__(component_path, field)
        self.editor = narrow_editor(field)
        self.editor.edited.connect(self._edited)
        self._label.setBuddy(self.editor)
        self._row.addWidget(self.editor)
        self._offer_range(self.editor.stops)
        if isinstance(self.editor, FeatureEditor):
            self.editor.switch.setText(self._label.text())
            self._label.hide()  # the check box has the same text
        self._mark()

    def show_value(self, value: Any) -> None:
        self.editor.show_value(value)

    def set_locked(self, why: str) -> None:
        self.editor.lock(why)
        super().set_locked(why)

    def _mark(self) -> None:
        super()._mark()
        if isinstance(self.editor, FeatureEditor):
            self.editor.switch.setToolTip(self._label.toolTip())
            set_look(self.editor.switch, "warn" if self._wrong else "")

    def _edited(self, proposal: Proposal) -> None:
        self.edited.emit(self.component_path, proposal.within(self.field.name, proposal.value, self.field.label))


class PartCell(Cell):
    """Chooses a member of a family, with the fields that may change during training; ⋯ opens the others."""

    _help = ""  # help of the chosen member
    choices: Choices | Switch

    def __init__(self, component_path: tuple[str, ...], field: FieldInfo, open_popover: OpenPopover) -> None:
        super().__init__(component_path, field)
        self._open = open_popover
        self.choices = chooser(field)
        self.choices.setAccessibleName(translated(field.label))
        if isinstance(self.choices, Switch):
            self._label.hide()  # the check box has the same text
        self.choices.activated.connect(self._activated)
        if isinstance(self.choices, Choices):
            fit_choices(self.choices)
        self._label.setBuddy(self.choices)
        self._row.addWidget(self.choices)
        self._offer_range((self.choices,))
        self._live: list[SimpleCell] = []
        self.more_button = QToolButton()
        self.more_button.setText("⋯")
        self.more_button.setProperty("look", "flat")
        self.more_button.setStyleSheet("QToolButton { padding: 3px 0 }")
        self.more_button.setFixedWidth(_DOTS)
        self.more_button.clicked.connect(self._open_more)
        self._row.addWidget(self.more_button)
        self._value: Component | None = None

    def live_cell(self, name: str) -> SimpleCell:
        """The cell of a field that is shown next to the choice."""
        return next(cell for cell in self._live if cell.field.name == name)

    def show_value(self, value: Any) -> None:
        if type(value) is not type(self._value):
            self._rebuild(type(value))
        self._value = value
        self.choices.choose(type(value))
        for cell in self._live:
            cell.show_value(getattr(value, cell.field.name))

    def show_ranges(self, texts: Mapping[str, str]) -> None:
        super().show_ranges(texts)
        for cell in self._live:
            cell.show_ranges(texts)
        self.resized()

    def _rebuild(self, member: type[Component]) -> None:
        for cell in self._live:
            discard(cell)
        component_path = (*self.component_path, self.field.name)
        self._live = [SimpleCell(component_path, field) for field in fields_of(member) if field.live]
        for number, cell in enumerate(self._live):
            cell.edited.connect(self.edited)
            cell.range_requested.connect(self.range_requested)
            if cell.field.label == member.label:  # "L2 [L2] L2 [1e-4]" would repeat it
                cell.hide_label()
            self._row.insertWidget(2 + number, cell)
            cell.show()  # shown at once, because hidden widgets do not count in the widths of the strip
        # New widgets come last in the window's tab order.
        stops = (self.choices, *(stop for cell in self._live for stop in cell.editor.stops), self.more_button)
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)
        hidden_fields = self._hidden_fields(member)
        self.more_button.setVisible(bool(hidden_fields))
        words = self.tr("More settings of {0}: {1}").format(
            translated(member.label), ", ".join(translated(field.label) for field in hidden_fields)
        )
        self.more_button.setToolTip(words)
        self.more_button.setAccessibleName(words)
        self._help = f"{explanation(self.field)}\n\n{translated(member.label)}: {translated(member.help)}"
        if isinstance(self.choices, Choices):
            fit_choices(self.choices, translated(member.label))
        self.set_locked(self._locked)

    def set_locked(self, why: str) -> None:
        """Lock the choice of the member; a run adopts the live fields, which stay enabled, but never another member."""
        super().set_locked(why)
        self.choices.setEnabled(not why)

    @property
    def _why_fixed(self) -> str:
        return self._locked  # a run adopts live fields, but never another member

    def _mark(self) -> None:
        super()._mark()
        if not self._help:  # nothing is shown yet
            return
        self.choices.setToolTip(plain_tip("\n\n".join(filter(None, (self._remarks(), self._help)))))
        if isinstance(self.choices, Switch):
            set_look(self.choices, "warn" if self._wrong else "")

    @staticmethod
    def _hidden_fields(member: type[Component]) -> tuple[FieldInfo, ...]:
        return tuple(field for field in fields_of(member) if not field.live)

    def _activated(self, index: int) -> None:
        member = self.choices.value_at(index)
        if member is not type(self._value):
            self.edited.emit(self.component_path, Proposal(member(), (self.field.name,), self.field.label))

    def _open_more(self) -> None:
        assert self._value is not None
        member = type(self._value)
        part = Part((*self.component_path, self.field.name), self._hidden_fields(member))
        self._open(self.more_button, translated(member.help), (part,))


class PartsCell(Cell):
    """A list of components, abbreviated on a button that opens it."""

    def __init__(self, component_path: tuple[str, ...], field: FieldInfo, open_popover: OpenPopover) -> None:
        super().__init__(component_path, field)
        self._open = open_popover
        self.button = Opener()
        self.button.setAccessibleName(translated(field.label))
        self.button.clicked.connect(self._clicked)
        self._label.setBuddy(self.button)
        self._row.addWidget(self.button)
        self._mark()

    def show_value(self, value: Sequence[Component]) -> None:
        names = [translated(component.label) for component in value]
        if not names:
            text = self.tr("None")
        elif len(names) <= _MOST_NAMED:
            text = ", ".join(names)
        else:
            text = self.tr("{0} + {1}").format(", ".join(names[: _MOST_NAMED - 1]), len(names) - _MOST_NAMED + 1)
        self.button.setText(text)
        self.button.setToolTip("\n".join([translated(self.field.help), *names]))

    def _clicked(self) -> None:
        self._open(self.button, translated(self.field.help), (Part(self.component_path, (self.field,)),))


class Opener(QToolButton):
    """A button with the arrow and the height of a combo box."""

    def __init__(self) -> None:
        super().__init__()
        self.setStyleSheet("QToolButton { padding: 3px 8px; padding-right: 22px }")

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        words = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(words + 36, self.fontMetrics().height() + 10)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        painter = QPainter(self)
        paint_arrow(painter, self.width() - 12, self.height() / 2, theme_of(self).color("muted"), up=False)
        painter.end()


def narrow_editor(field: FieldInfo) -> NumberEditor | FeatureEditor | ChoiceEditor:
    """The editor of a simple field, as narrow as its values allow; it reports invalid input in a tooltip below."""
    editor = simple_editor(field, steppers=False)
    assert isinstance(editor, NumberEditor | FeatureEditor | ChoiceEditor)
    if isinstance(editor, ChoiceEditor):
        fit_choices(editor.choices)
        return editor
    digits = _DIGITS[field.kind]
    if field.kind == "integer" and field.maximum is not None:
        digits = min(digits, len(str(int(field.maximum))))
    number = editor.number

    def fit() -> None:
        """Make room for a longer number that is shown, such as 0.00767; one that is being typed scrolls."""
        if not number.isModified():
            shown = "0" * min(max(digits, len(number.text())), _MOST_DIGITS)
            number.setFixedWidth(number.fontMetrics().horizontalAdvance(shown) + 18)

    fit()
    number.textChanged.connect(fit)

    def refused(words: str) -> None:
        QToolTip.showText(editor.mapToGlobal(QPoint(0, editor.height())), words, editor)

    editor.refused.connect(refused)
    return editor


def fit_choices(choices: Choices, text: str | None = None) -> None:
    """Set the width of a combo box to that of `text`, or of its longest entry."""
    choices.setStyleSheet("QComboBox { padding-right: 0 }")
    choices.ensurePolished()
    texts = [choices.itemText(i) for i in range(choices.count())] if text is None else [text]
    choices.setFixedWidth(max(choices.fontMetrics().horizontalAdvance(words) for words in texts) + 32)
    choices.view().setMinimumWidth(max(choices.sizeHint().width(), choices.view().sizeHintForColumn(0) + 16))
    choices.view().setTextElideMode(Qt.TextElideMode.ElideNone)
