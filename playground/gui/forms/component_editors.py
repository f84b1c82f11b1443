"""The editors of fields that hold components: one member of a family, or a list of them, with their fields below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from playground.gui.forms.choices import chooser
from playground.gui.forms.editors import simple_editor
from playground.gui.forms.field_column import FieldColumn
from playground.gui.forms.field_editor import FieldEditor, Proposal, explanation
from playground.gui.style.discard import discard
from playground.gui.style.translation import translated
from playground.spec.component import Component, FieldInfo, fields_of

_INDENT = 12  # pixels, of a component's fields below the editor that chooses it


def editor_for(field: FieldInfo) -> FieldEditor:
    """The editor of any field: the only mapping from kinds of fields to editors."""
    if field.kind == "component":
        return PartEditor(field)
    if field.kind == "components":
        return PartsEditor(field)
    return simple_editor(field)


class PartEditor(FieldEditor):
    """Chooses one member of a family and edits its fields below."""

    def __init__(self, field: FieldInfo, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        assert field.family is not None
        self.choices = chooser(field)
        self._locked = ""
        self._set_inner(self.choices)
        self.below = QWidget()
        self._below_layout = QVBoxLayout(self.below)
        self._below_layout.setContentsMargins(_INDENT, 0, 0, 0)
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
        self._column = FieldColumn(fields, editor_for)
        self._column.edited.connect(self._edit_nested)
        self._column.lock(self._locked)
        self._below_layout.addWidget(self._column)
        self._column.show()  # shown at once, so that the surrounding layout knows its height
        if self.below is not None:
            self.below.setVisible(bool(fields))
        self._chosen = chosen
        self._update_tooltip()

    def lock(self, why: str) -> None:
        self._locked = why
        self.choices.setEnabled(not why)
        self._update_tooltip()
        if self._column is not None:
            self._column.lock(why)

    def _update_tooltip(self) -> None:
        words = translated(self._chosen.help) if self._chosen else explanation(self.field)
        self.choices.setToolTip(self._locked or words)

    def _activated(self, index: int) -> None:
        member = self.choices.value_at(index)
        if member is not (None if self._value is None else type(self._value)):
            self.edited.emit(Proposal(member() if member else None))

    def _edit_nested(self, proposal: Proposal) -> None:
        assert self._value is not None
        value = self._value.with_(**{proposal.field_path[0]: proposal.value})
        self.edited.emit(Proposal(value, proposal.field_path, proposal.label, proposal.gradual))


class PartsEditor(FieldEditor):
    """A list of members of a family: added from a menu, moved, removed, each with its fields."""

    def __init__(self, field: FieldInfo, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        assert field.family is not None
        self.add_button = QToolButton()
        self.add_button.setText(self.tr("Add"))
        self.add_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.add_button.setSizePolicy(self.add_button.sizePolicy().Policy.Expanding, self.sizePolicy().Policy.Fixed)
        self._set_inner(self.add_button)
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
            item.edited.connect(self._edit_nested)
            item.moved.connect(self._moved)
            item.removed.connect(self._removed)
            self._list.addWidget(item)
            item.lock(self._locked)
            item.show()

    def _add(self, action: Any) -> None:
        self.edited.emit(Proposal((*self._values, action.data()())))

    def _edit_nested(self, number: int, proposal: Proposal) -> None:
        changed = self._values[number].with_(**{proposal.field_path[0]: proposal.value})
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

    edited = Signal(int, object)  # index of the component, and the Proposal for one of its fields
    moved = Signal(int, int)  # from index, to index
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
        self._buttons = ((up, number > 0), (down, number < count - 1), (remove, True))  # whether each is possible
        up.clicked.connect(lambda: self.moved.emit(number, number - 1))
        down.clicked.connect(lambda: self.moved.emit(number, number + 1))
        remove.clicked.connect(lambda: self.removed.emit(number))
        for button in (up, down, remove):
            head.addWidget(button)
        column.addLayout(head)
        self._fields = FieldColumn(fields_of(member), editor_for)
        self._fields.setContentsMargins(_INDENT, 0, 0, 0)
        self._fields.edited.connect(lambda proposal: self.edited.emit(number, proposal))
        column.addWidget(self._fields)

        self.lock("")

    def show_values(self, component: Component) -> None:
        self._fields.show_values(component)

    def lock(self, why: str) -> None:
        """See `FieldColumn.lock`."""
        self._fields.lock(why)
        for button, possible in self._buttons:
            button.setEnabled(possible and not why)


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
