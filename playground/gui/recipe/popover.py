"""A small panel under a button that holds what has no room in the strip."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import (
    QCursor,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from playground.gui.forms.component_editors import editor_for
from playground.gui.forms.field_column import FieldColumn
from playground.gui.forms.field_editor import Proposal
from playground.gui.session.document import Document
from playground.gui.style.theme import theme_of
from playground.spec.component import Component, FieldInfo
from playground.spec.experiment import Experiment

_WIDTH = 320  # of the fields
_PAD = 14
_HIGHEST = 0.7  # of the screen
_RADIUS = 8.0  # pixels, of the corners


@dataclass(frozen=True, slots=True)
class Part:
    """Fields of the component at `place` in the experiment: `()` is the experiment itself."""

    place: tuple[str, ...]
    fields: tuple[FieldInfo, ...]

    def component(self, experiment: Experiment) -> Component:
        """The component that has the fields."""
        found: Component = experiment
        for name in self.place:
            found = getattr(found, name)
        return found


class Popover(QWidget):
    """Shows parts of the recipe as a form and goes when a click or Esc says so."""

    edited = Signal(object, object)  # the place of the component, and the Proposal for one of its fields

    def __init__(self, document: Document, words: str, parts: Sequence[Part], anchor: QWidget) -> None:
        super().__init__(anchor.window(), Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._masked = QGuiApplication.platformName() == "xcb"  # X11 alone may have no compositor: transparent is black
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, not self._masked)
        self._document, self._anchor = document, anchor
        self._types = {part.place: type(part.component(document.experiment)) for part in parts}
        self._columns: list[tuple[Part, FieldColumn]] = []
        self._inner = QWidget()
        self._layout = QVBoxLayout(self._inner)
        self._layout.setContentsMargins(_PAD, _PAD, _PAD, _PAD)
        self._layout.setSpacing(8)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab goes from editor to editor
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._inner)
        scroll.setFixedWidth(_WIDTH - 2)
        for transparent in (scroll.viewport(), self._inner):
            transparent.setAutoFillBackground(False)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(1, 1, 1, 1)
        self._row.setSpacing(0)
        self._row.addWidget(scroll)
        self._beside: list[QWidget] = []
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
        """Put a widget beside the fields, where it stays while they scroll, such as a preview of what they do."""
        widget.setContentsMargins(_PAD // 2, _PAD, _PAD, _PAD)
        self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        self._beside.append(widget)

    @Slot(str)
    def lock(self, why: str) -> None:
        """Let nothing be changed but what a run that goes on takes over, and say why; empty lets all be changed."""
        for _, column in self._columns:
            column.lock(why)

    def pop_up(self) -> None:
        """Appear below the anchor, and inside the screen."""
        self._fit()
        corner = self._anchor.mapToGlobal(QPoint(0, self._anchor.height() + 4))
        available = self._anchor.screen().availableGeometry()
        corner.setX(max(available.left(), min(corner.x(), available.right() - self.width())))
        corner.setY(max(available.top(), min(corner.y(), available.bottom() - self.height())))
        self.move(corner)
        self.show()
        self.setFocus()
        self.focusNextChild()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        if watched is self._inner and event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """While a popup is open the button below it hears nothing of the mouse: not that it left, either."""
        under = self._anchor.rect().contains(self._anchor.mapFromGlobal(QCursor.pos()))
        self._anchor.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, under)
        self._anchor.update()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Cut the corners off where they cannot be transparent."""
        super().resizeEvent(event)
        if self._masked:
            self.setMask(rounded(self.rect()))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.color("border"))
        if self._masked:
            painter.fillRect(self.rect(), theme.color("panel"))  # also where the mask cuts through a pixel
        painter.setBrush(theme.color("panel"))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        painter.end()

    def _fit(self) -> None:
        """Be as high as the fields need, up to a share of the screen, then scroll; cut nothing else off."""
        most = round(self._anchor.screen().availableGeometry().height() * _HIGHEST)
        beside = max((widget.sizeHint().height() for widget in self._beside), default=0)
        height = max(min(self._inner.sizeHint().height(), most), beside)
        self.setFixedSize(self._row.sizeHint().width(), height + 2)

    def _add(self, part: Part) -> None:
        column = FieldColumn(part.fields, editor_for)
        column.setFixedWidth(_WIDTH - 2 * _PAD - 2)

        def edited(proposal: Proposal) -> None:
            if self._is_there(part):  # else it is what was typed for a component that has gone meanwhile
                self.edited.emit(part.place, proposal)

        column.edited.connect(edited)
        self._columns.append((part, column))
        self._layout.addWidget(column)

    @Slot()
    def _refresh(self) -> None:
        """Show what the document holds; a component of another type ends what was shown of the old one."""
        for part, column in self._columns:
            if not self._is_there(part):
                self.close()
                return
            column.show_values(part.component(self._document.experiment))

    def _is_there(self, part: Part) -> bool:
        return type(part.component(self._document.experiment)) is self._types[part.place]


def rounded(rect: QRect) -> QRegion:
    """The pixels of a rectangle with rounded corners."""
    shape = QPainterPath()
    shape.addRoundedRect(rect.toRectF(), _RADIUS, _RADIUS)
    return QRegion(shape.toFillPolygon().toPolygon())


OpenPopover = Callable[[QWidget, str, Sequence[Part]], None]
