"""A column of labels and editors for any fields, with nested widgets below some of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from playground.gui.forms.editors import AmongEditor
from playground.gui.forms.field_editor import FieldEditor, Proposal, explanation
from playground.gui.forms.range_offer import RangeOffer
from playground.gui.forms.refusal import Refusal
from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.spec.component import Component, FieldInfo
from playground.spec.search.proposal import takes_range

EDITOR_WIDTH = 152  # pixels; the same at every depth, so that all editors are aligned, except for those with long texts
_ROWS = 3  # grid rows per field: the editor, its nested widget, a widget added by `put_under`


class FieldColumn(QWidget):
    """Rows of label and editor for `fields`; `show_values` updates them, `edited` reports the user's changes.

    `editor_for` creates the editor of a field: `component_editors.editor_for`, which in turn creates columns.
    """

    edited = Signal(object)  # a Proposal for one field, whose name is the first of `field_path`
    range_requested = Signal(str)  # name of the field for which a range is wanted

    def __init__(
        self,
        fields: Sequence[FieldInfo],
        editor_for: Callable[[FieldInfo], FieldEditor],
        parent: QWidget | None = None,
        *,
        ranges: bool = False,
    ) -> None:
        """`ranges`: whether fields offer to be searched over a range."""
        super().__init__(parent)
        self._editor_for, self._ranges = editor_for, ranges
        self._editors: dict[str, FieldEditor] = {}
        self.refusal = Refusal(self)
        self._labels: dict[str, QLabel] = {}
        self._locked = ""
        self._conditional_fields: list[tuple[FieldInfo, QLabel]] = []  # shown only if another field has a certain value
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 1)
        for field in fields:
            self._add(field)

    def editor(self, name: str) -> FieldEditor:
        """The editor of a field."""
        return self._editors[name]

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """The widgets in tab order."""
        return tuple(stop for editor in self._editors.values() for stop in editor.stops)

    def focus_first(self) -> None:
        """Move the focus to the first visible editor."""
        shown = (stop for stop in self.stops if stop.isVisible())
        first = next(shown, None)
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)

    def show_values(self, component: Component) -> None:
        """Show the values of all fields; an editor with uncommitted input keeps its text."""
        for name, editor in self._editors.items():
            if isinstance(editor, AmongEditor):
                editor.offer(getattr(component, editor.field.among))
            editor.show_value(getattr(component, name))
        for field, label in self._conditional_fields:
            other, *values = field.only_with
            for widget in (label, self._editors[field.name]):
                widget.setVisible(getattr(component, other) in values)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  Qt's name
        """Hide the error message together with the fields."""
        self.refusal.take_back()
        super().hideEvent(event)

    def lock(self, why: str) -> None:
        """Disable fields that a running training does not adopt, and show the reason; an empty one enables all."""
        self._locked = why
        for name, editor in self._editors.items():
            editor.lock(why)
            locked = bool(why) and (editor.field.kind.startswith("component") or not editor.field.live)
            self._labels[name].setEnabled(not locked)
            self._labels[name].setToolTip(why if locked else explanation(editor.field))

    def show_ranges(self, texts: Mapping[str, str]) -> None:
        """Show what the ranges of fields may be, by their names, beside the labels; others have none."""
        for name, label in self._labels.items():
            words, text = translated(self._editors[name].field.label), texts.get(name, "")
            label.setText(f"{words}\n{text}" if text else words)
            set_look(label, "warn" if text else "")

    def put_under(self, name: str | None, widget: QWidget) -> None:
        """Add a widget below a field and its nested widget; if `name` is None, below all fields."""
        number = len(self._editors) if name is None else list(self._editors).index(name) + 1
        self._grid.addWidget(widget, max(number * _ROWS - 1, 0), 0, 1, 2)

    def _add(self, field: FieldInfo) -> None:
        editor = self._editor_for(field)
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
            self._conditional_fields.append((field, label))
        if editor.below is not None:
            self._grid.addWidget(editor.below, row + 1, 0, 1, 2)

        def refused(words: str) -> None:
            self.refusal.say(words, editor.stops[-1])

        def edited(proposal: Proposal) -> None:
            self.edited.emit(proposal.within(field.name, proposal.value, field.label))

        if self._ranges and takes_range(field):
            offer = RangeOffer((label, *editor.stops), self)
            offer.requested.connect(lambda: self.range_requested.emit(field.name))
        editor.refused.connect(refused)
        editor.edited.connect(edited)
