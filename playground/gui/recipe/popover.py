"""A small panel below a button, for fields that do not fit into the strip."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QCursor, QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from playground.gui.forms.component_editors import editor_for
from playground.gui.forms.field_column import FieldColumn
from playground.gui.forms.field_editor import Proposal
from playground.gui.session.document import Document
from playground.gui.style.popup import Popup
from playground.spec.component import Component, FieldInfo
from playground.spec.experiment import Experiment

_WIDTH = 320  # pixels, of the fields
_PAD = 14
_HIGHEST = 0.7  # maximum height as a share of the screen


@dataclass(frozen=True, slots=True)
class Part:
    """Fields of the component at `component_path` in the experiment; `()` is the experiment itself."""

    component_path: tuple[str, ...]
    fields: tuple[FieldInfo, ...]

    def component(self, experiment: Experiment) -> Component:
        """The component that has the fields."""
        found: Component = experiment
        for name in self.component_path:
            found = getattr(found, name)
        return found


class Popover(Popup):
    """Shows parts of the recipe as a form; a click outside or Esc closes it."""

    range_requested = Signal(str)  # dotted name, from the experiment down
    edited = Signal(object, object)  # the path of the component, and the Proposal for one of its fields

    def __init__(self, document: Document, words: str, parts: Sequence[Part], anchor: QWidget) -> None:
        super().__init__(anchor.window())
        self._document, self._anchor = document, anchor
        self._types = {part.component_path: type(part.component(document.experiment)) for part in parts}
        self._columns: list[tuple[Part, FieldColumn]] = []
        self._inner = QWidget()
        self._layout = QVBoxLayout(self._inner)
        self._layout.setContentsMargins(_PAD, _PAD, _PAD, _PAD)
        self._layout.setSpacing(8)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab moves from editor to editor
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._inner)
        scroll.setFixedWidth(_WIDTH - 2)
        for transparent in (scroll.viewport(), self._inner):
            transparent.setAutoFillBackground(False)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(1, 1, 1, 1)
        self._row.setSpacing(0)
        self._row.addWidget(scroll)
        self._side_widgets: list[QWidget] = []
        self._inner.installEventFilter(self)
        if words:
            label = QLabel(words)
            label.setWordWrap(True)
            label.setProperty("look", "muted")
            label.setFixedWidth(_WIDTH - 2 * _PAD)
            self._layout.addWidget(label)
        for part in parts:
            self._add(part)
        self._layout.addStretch(1)
        document.changed.connect(self._refresh)
        self._refresh()

    def add(self, widget: QWidget) -> None:
        """Add a widget next to the fields, which does not scroll with them, for instance a preview of their effect."""
        widget.setContentsMargins(_PAD // 2, _PAD, _PAD, _PAD)
        self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        self._side_widgets.append(widget)

    @Slot(str)
    def lock(self, why: str) -> None:
        """Disable fields that a running training does not adopt, and show the reason; an empty one enables all."""
        for _, column in self._columns:
            column.lock(why)

    def pop_up(self) -> None:
        """Show the popover below the anchor, moved to be inside the screen."""
        self._fit()
        anchor = QRect(self._anchor.mapToGlobal(QPoint(0, 0)), self._anchor.size())
        self.pop_up_below(anchor, self._anchor.screen().availableGeometry())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        if watched is self._inner and event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Update the hover state of the button: while a popup is open it receives no mouse events, not even a leave."""
        under = self._anchor.rect().contains(self._anchor.mapFromGlobal(QCursor.pos()))
        self._anchor.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, under)
        self._anchor.update()
        super().hideEvent(event)

    def _fit(self) -> None:
        """Set the height to that of the fields, at most a share of the screen, at least that of the side widgets."""
        limit = round(self._anchor.screen().availableGeometry().height() * _HIGHEST)
        side_height = max((widget.sizeHint().height() for widget in self._side_widgets), default=0)
        height = max(min(self._inner.sizeHint().height(), limit), side_height)
        self.setFixedSize(self._row.sizeHint().width(), height + 2)

    def _add(self, part: Part) -> None:
        column = FieldColumn(part.fields, editor_for, ranges=part.component_path[:1] == ("recipe",))
        column.setFixedWidth(_WIDTH - 2 * _PAD - 2)

        def edited(proposal: Proposal) -> None:
            if self._exists(part):  # otherwise the proposal is for a component that no longer exists
                self.edited.emit(part.component_path, proposal)

        def range_requested(name: str) -> None:
            self.close()  # the editor of the range pops up in its place
            self.range_requested.emit(".".join((*part.component_path, name)))

        column.edited.connect(edited)
        column.range_requested.connect(range_requested)
        self._columns.append((part, column))
        self._layout.addWidget(column)

    @Slot()
    def _refresh(self) -> None:
        """Show the values of the document; close if a component was replaced by one of another type."""
        for part, column in self._columns:
            if not self._exists(part):
                self.close()
                return
            column.show_values(part.component(self._document.experiment))

    def _exists(self, part: Part) -> bool:
        return type(part.component(self._document.experiment)) is self._types[part.component_path]


OpenPopover = Callable[[QWidget, str, Sequence[Part]], None]
