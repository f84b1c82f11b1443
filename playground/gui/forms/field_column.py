"""A column of labels and editors for any fields, with the fields of chosen components nested under them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from playground.gui.forms.editors import (
    AmongEditor,
    Choices,
    FieldEditor,
    Proposal,
    Switch,
    explanation,
    simple_editor,
)
from playground.gui.forms.refusal import Refusal
from playground.gui.style.translation import translated
from playground.spec.component import Component, FieldInfo, fields_of
from playground.spec.messages import tr_noop

EDITOR_WIDTH = 152  # pixels; the same at every depth, so that all editors stand in one column but for long words
_INDENT = 12
_ROWS = 3  # of the grid for each field: the editor, what is nested, what was put under it


def editor_for(field: FieldInfo) -> FieldEditor:
    """The editor of any field: the one place that knows which kind is edited how."""
    if field.kind == "component":
        return PartEditor(field)
    if field.kind == "components":
        return PartsEditor(field)
    return simple_editor(field)


class FieldColumn(QWidget):
    """Rows of label and editor for `fields`; `show_values` refreshes them, `edited` says what a person wants."""

    edited = Signal(object)  # a Proposal for one field, its name first in `place`

    def __init__(self, fields: Sequence[FieldInfo], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editors: dict[str, FieldEditor] = {}
        self.refusal = Refusal(self)
        self._labels: dict[str, QLabel] = {}
        self._locked = ""
        self._conditional: list[tuple[FieldInfo, QLabel]] = []  # shown only where another field has a certain value
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 1)
        for field in fields:
            self._add(field)

    def editor(self, name: str) -> FieldEditor:
        """The editor of that field."""
        return self._editors[name]

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """What the Tab key goes through, in order."""
        return tuple(stop for editor in self._editors.values() for stop in editor.stops)

    def focus_first(self) -> None:
        """Give the first editor that is shown the keyboard."""
        shown = (stop for stop in self.stops if stop.isVisible())
        first = next(shown, None)
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)

    def show_values(self, component: Component) -> None:
        """Show the values of all fields; the one being typed into keeps its text."""
        for name, editor in self._editors.items():
            if isinstance(editor, AmongEditor):
                editor.offer(getattr(component, editor.field.among))
            editor.show_value(getattr(component, name))
        for field, label in self._conditional:
            assert field.only_with is not None
            other, value = field.only_with
            for widget in (label, self._editors[field.name]):
                widget.setVisible(getattr(component, other) == value)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  Qt's name
        """What was said of a field goes with it."""
        self.refusal.take_back()
        super().hideEvent(event)

    def lock(self, why: str) -> None:
        """Let nothing be changed but what a run that goes on takes over, and say why; empty lets all be changed."""
        self._locked = why
        for name, editor in self._editors.items():
            editor.lock(why)
            locked = bool(why) and (editor.field.kind.startswith("component") or not editor.field.live)
            self._labels[name].setEnabled(not locked)
            self._labels[name].setToolTip(why if locked else explanation(editor.field))

    def put_under(self, name: str | None, widget: QWidget) -> None:
        """Add a widget under a field and what is nested under that; None is under all fields."""
        number = len(self._editors) if name is None else list(self._editors).index(name) + 1
        self._grid.addWidget(widget, max(number * _ROWS - 1, 0), 0, 1, 2)

    def _add(self, field: FieldInfo) -> None:
        editor = editor_for(field)
        row = len(self._editors) * _ROWS
        self._editors[field.name] = editor
        label = self._labels[field.name] = QLabel(translated(field.label))
        label.setToolTip(explanation(field))
        label.setWordWrap(True)
        label.setBuddy(editor)
        editor.setFixedWidth(EDITOR_WIDTH)
        if editor.wanted > EDITOR_WIDTH:
            editor.setMaximumWidth(editor.wanted)
            line = QHBoxLayout()
            line.setSpacing(self._grid.horizontalSpacing())
            line.addWidget(label, 1)
            line.addWidget(editor)
            self._grid.addLayout(line, row, 0, 1, 2)
        else:
            self._grid.addWidget(label, row, 0)
            self._grid.addWidget(editor, row, 1)
        if field.only_with:
            self._conditional.append((field, label))
        if editor.below is not None:
            self._grid.addWidget(editor.below, row + 1, 0, 1, 2)

        def refused(words: str) -> None:
            self.refusal.say(words, editor.stops[-1])

        def edited(proposal: Proposal) -> None:
            self.edited.emit(proposal.within(field.name, proposal.value, field.label))

        editor.refused.connect(refused)
        editor.edited.connect(edited)


class PartEditor(FieldEditor):
    """One member of a family, and under it the fields of the chosen one."""

    def __init__(self, field: FieldInfo, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        assert field.family is not None
        self.choices = chooser(field)
        self._locked = ""
        self._take(self.choices)
        self.below = QWidget()
        self._nest = QVBoxLayout(self.below)
        self._nest.setContentsMargins(_INDENT, 0, 0, 0)
        self._column: FieldColumn | None = None
        self._value: Component | None = None
        self._chosen: type[Component] | None = None
        self.choices.activated.connect(self._activated)

    def show_value(self, value: Any) -> None:
        chosen = None if value is None else type(value)
        if self._column is None or chosen is not (None if self._value is None else type(self._value)):
            self._rebuild(chosen)
        self._value = value
        self.choices.choose(chosen)
        if value is not None and self._column is not None:
            self._column.show_values(value)

    def _rebuild(self, chosen: type[Component] | None) -> None:
        if self._column is not None:
            discard(self._column)
        fields = fields_of(chosen) if chosen else ()
        self._column = FieldColumn(fields)
        self._column.edited.connect(self._nested)
        self._column.lock(self._locked)
        self._nest.addWidget(self._column)
        self._column.show()  # now, so that whoever holds the form knows its height at once
        if self.below is not None:
            self.below.setVisible(bool(fields))
        self._chosen = chosen
        self._explain()

    def lock(self, why: str) -> None:
        self._locked = why
        self.choices.setEnabled(not why)
        self._explain()
        if self._column is not None:
            self._column.lock(why)

    def _explain(self) -> None:
        words = translated(self._chosen.help) if self._chosen else explanation(self.field)
        self.choices.setToolTip(self._locked or words)

    def _activated(self, index: int) -> None:
        member = self.choices.value_at(index)
        if member is not (None if self._value is None else type(self._value)):
            self.edited.emit(Proposal(member() if member else None))

    def _nested(self, proposal: Proposal) -> None:
        assert self._value is not None
        value = self._value.with_(**{proposal.place[0]: proposal.value})
        self.edited.emit(Proposal(value, proposal.place, proposal.label, proposal.gradual))


class PartsEditor(FieldEditor):
    """Any number of members of a family, in order: added from a menu, moved, removed, each with its fields."""

    def __init__(self, field: FieldInfo, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        assert field.family is not None
        self.add_button = QToolButton()
        self.add_button.setText(self.tr("Add"))
        self.add_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.add_button.setSizePolicy(self.add_button.sizePolicy().Policy.Expanding, self.sizePolicy().Policy.Fixed)
        self._take(self.add_button)
        menu = QMenu(self.add_button)
        menu.setToolTipsVisible(True)
        for member in field.family.members():
            action = menu.addAction(translated(member.label))
            action.setToolTip(translated(member.help))
            action.setData(member)
        menu.triggered.connect(self._add)
        self.add_button.setMenu(menu)
        self.below = QWidget()
        self._list = QVBoxLayout(self.below)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(10)
        self._items: list[_Item] = []
        self._values: tuple[Component, ...] = ()
        self._locked = ""

    def show_value(self, value: Any) -> None:
        if [type(item) for item in value] != [type(item) for item in self._values]:
            self._rebuild(value)
        self._values = tuple(value)
        for item, component in zip(self._items, value, strict=True):
            item.show_values(component)
        self._enable()

    def lock(self, why: str) -> None:
        self._locked = why
        self.add_button.setToolTip(why or explanation(self.field))
        self._enable()
        for item in self._items:
            item.lock(why)

    def _enable(self) -> None:
        most = self.field.maximum
        self.add_button.setEnabled(not self._locked and (most is None or len(self._values) < most))

    def _rebuild(self, value: Sequence[Component]) -> None:
        for item in self._items:
            discard(item)
        self._items = [_Item(type(component), number, len(value)) for number, component in enumerate(value)]
        for item in self._items:
            item.edited.connect(self._nested)
            item.moved.connect(self._moved)
            item.removed.connect(self._removed)
            self._list.addWidget(item)
            item.lock(self._locked)
            item.show()

    def _add(self, action: Any) -> None:
        self.edited.emit(Proposal((*self._values, action.data()())))

    def _nested(self, number: int, proposal: Proposal) -> None:
        changed = self._values[number].with_(**{proposal.place[0]: proposal.value})
        value = (*self._values[:number], changed, *self._values[number + 1 :])
        self.edited.emit(proposal.within(str(number), value))

    def _moved(self, number: int, to: int) -> None:
        value = list(self._values)
        value.insert(to, value.pop(number))
        self.edited.emit(Proposal(tuple(value)))

    def _removed(self, number: int) -> None:
        self.edited.emit(Proposal((*self._values[:number], *self._values[number + 1 :])))


class _Item(QWidget):
    """One component in a list: its name, the buttons that move and remove it, and its fields."""

    edited = Signal(int, object)  # which item, and the Proposal for one of its fields
    moved = Signal(int, int)  # from, to
    removed = Signal(int)

    def __init__(self, member: type[Component], number: int, count: int) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(2)
        name = translated(member.label)
        title = QLabel(f"{number + 1}.  {name}")
        title.setProperty("look", "heading")
        title.setToolTip(translated(member.help))
        title.setWordWrap(True)
        head.addWidget(title, 1)
        up = _flat(Qt.ArrowType.UpArrow, self.tr("Move {0} up").format(name))
        down = _flat(Qt.ArrowType.DownArrow, self.tr("Move {0} down").format(name))
        remove = _flat(None, self.tr("Remove {0}").format(name))
        self._buttons = ((up, number > 0), (down, number < count - 1), (remove, True))  # and whether each makes sense
        up.clicked.connect(lambda: self.moved.emit(number, number - 1))
        down.clicked.connect(lambda: self.moved.emit(number, number + 1))
        remove.clicked.connect(lambda: self.removed.emit(number))
        for button in (up, down, remove):
            head.addWidget(button)
        column.addLayout(head)
        self._fields = FieldColumn(fields_of(member))
        self._fields.setContentsMargins(_INDENT, 0, 0, 0)
        self._fields.edited.connect(lambda proposal: self.edited.emit(number, proposal))
        column.addWidget(self._fields)

        self.lock("")

    def show_values(self, component: Component) -> None:
        self._fields.show_values(component)

    def lock(self, why: str) -> None:
        """See `FieldColumn.lock`."""
        self._fields.lock(why)
        for button, sensible in self._buttons:
            button.setEnabled(sensible and not why)


def chooser(field: FieldInfo) -> Choices | Switch:
    """What chooses a member of a field's family: a check box where there is only one besides none."""
    assert field.family is not None
    if field.switch is not None:
        off, on = field.switch
        return Switch(off, on, translated(on.label))
    none: list[tuple[Any, str]] = [(None, translated(tr_noop("None")))] if field.optional else []
    return Choices([*none, *((member, translated(member.label)) for member in field.family.members())])


def _flat(arrow: Qt.ArrowType | None, words: str) -> QToolButton:
    button = QToolButton()
    button.setProperty("look", "flat")
    if arrow is None:
        button.setText("×")
    else:
        button.setArrowType(arrow)
    button.setFixedWidth(24)
    button.setToolTip(words)
    button.setAccessibleName(words)
    return button


def discard(widget: QWidget) -> None:
    """Take a widget off its layout now and delete it once its own signals have returned.

    It is not heard any more: hiding a field ends what is being typed in it, which was meant for what it showed.
    """
    widget.blockSignals(True)
    widget.hide()
    parent = widget.parentWidget()
    layout = parent.layout() if parent else None
    if layout is not None:
        layout.removeWidget(widget)
    widget.deleteLater()
