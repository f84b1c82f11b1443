"""The form of one component: its name and help, its fields, and numbers derived from them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFontDatabase, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from playground.gui.forms.component_editors import editor_for
from playground.gui.forms.field_column import FieldColumn
from playground.gui.style.discard import discard
from playground.gui.style.theme import theme_of
from playground.gui.style.translation import translated
from playground.spec.component import Component, fields_of
from playground.spec.layer import Kind, Layer
from playground.spec.messages import Message

_BAR = 2  # pixels; width of the bar next to the help
_SQUARE = 9


class ComponentForm(QWidget):
    """Shows one component at a time; `edited` carries a Proposal for one of its fields."""

    edited = Signal(object)  # a Proposal
    range_requested = Signal(str)  # name of the field of a layer for which a range is wanted

    def __init__(self, parent: QWidget | None = None, *, ranges: bool = True) -> None:
        """`ranges`: whether the fields of layers offer to be searched over a range."""
        super().__init__(parent)
        self._ranges = ranges
        self._component: type[Component] | None = None
        self._column: FieldColumn | None = None
        self._locked = ""
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(10)
        self._square = _Square()
        self._name = QLabel()
        self._name.setProperty("look", "heading")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._square)
        head.addWidget(self._name, 1)
        self._layout.addLayout(head)
        self._help = _Help()
        self._layout.addWidget(self._help)
        self._figures = QGridLayout()
        self._figures.setVerticalSpacing(6)
        self._figures.setColumnStretch(0, 1)
        self._layout.addLayout(self._figures)
        self._layout.addStretch(1)
        self._labels: list[tuple[QLabel, QLabel]] = []

    @property
    def column(self) -> FieldColumn | None:
        """The editors of the shown component."""
        return self._column

    def show_values(self, component: Component) -> None:
        """Show a component's fields; an editor with uncommitted input keeps its text."""
        if type(component) is not self._component:
            self._rebuild(type(component))
        if self._column is not None:
            self._column.show_values(component)

    def show_help(self, shown: bool) -> None:
        """Show the help below the name, or leave it to the tooltip of the name."""
        self._help.setVisible(shown)

    def lock(self, why: str) -> None:
        """Disable fields that a running training does not adopt, and show the reason; an empty one enables all."""
        self._locked = why
        if self._column is not None:
            self._column.lock(why)

    def show_figures(self, figures: Sequence[tuple[str, str]]) -> None:
        """Show names and values, read-only, below the fields."""
        while len(self._labels) < len(figures):
            self._add_figure()
        for (name, value), (name_label, value_label) in zip(figures, self._labels, strict=False):
            name_label.setText(name)
            value_label.setText(value)
        for number, labels in enumerate(self._labels):
            for label in labels:
                label.setVisible(number < len(figures))

    def refuse(self, field: str, why: Message) -> None:
        """Say at a field why what was asked of it is not possible."""
        if self._column is not None:
            self._column.refusal.say(translated(why), self._column.editor(field).stops[-1])

    def _rebuild(self, component: type[Component]) -> None:
        self._component = component
        if self._column is not None:
            discard(self._column)
        self._column = FieldColumn(
            fields_of(component), editor_for, ranges=self._ranges and issubclass(component, Layer)
        )
        self._column.edited.connect(self.edited)
        self._column.range_requested.connect(self.range_requested)
        self._column.lock(self._locked)
        self._layout.insertWidget(2, self._column)
        self._column.show()  # shown at once, because a hidden widget cannot get the focus
        for before, after in pairwise((self._help, *self._column.stops)):  # new widgets are last in tab order
            QWidget.setTabOrder(before, after)
        kind = getattr(component, "kind", None)
        self._square.set_kind(kind)
        self._name.setText(translated(component.label))
        self._name.setToolTip(translated(component.help))
        self._help.set_words(translated(component.help), kind)

    def _add_figure(self) -> None:
        name, value = QLabel(), QLabel()
        name.setProperty("look", "muted")
        value.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        value.setAlignment(Qt.AlignmentFlag.AlignRight)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = len(self._labels)
        self._figures.addWidget(name, row, 0)
        self._figures.addWidget(value, row, 1)
        self._labels.append((name, value))


class _Square(QWidget):
    """A small square in the colour of a kind of layer."""

    def __init__(self) -> None:
        super().__init__()
        self._kind: Kind | None = None
        self.setFixedSize(_SQUARE, _SQUARE)

    def set_kind(self, kind: Kind | None) -> None:
        self._kind = kind
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.kind(self._kind) if self._kind else theme.color("text"))
        painter.drawRoundedRect(self.rect(), 2, 2)
        painter.end()


class _Help(QLabel):
    """The help of a component, next to a bar in the colour of its kind."""

    def __init__(self) -> None:
        super().__init__()
        self._kind: Kind | None = None
        self.setWordWrap(True)
        self.setProperty("look", "muted")
        self.setContentsMargins(10, 2, 0, 2)

    def set_words(self, words: str, kind: Kind | None) -> None:
        self._kind = kind
        self.setText(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        theme = theme_of(self)
        painter = QPainter(self)
        painter.fillRect(
            QRect(0, 0, _BAR, self.height()), theme.kind(self._kind) if self._kind else theme.color("muted")
        )
        painter.end()
