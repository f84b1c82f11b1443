"""The stack in the middle of the window: blocks that can be selected, dragged, edited and fixed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPoint,
    QRect,
    QRectF,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QCursor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractItemView, QMenu, QToolTip, QWidget

from playground.gui.session.document import Document
from playground.gui.stack.block_list import BlockList
from playground.gui.stack.clipboard import MIME
from playground.gui.stack.commands import StackCommands
from playground.gui.stack.covered_bottom import Covering
from playground.gui.stack.delegate import BlockDelegate
from playground.gui.stack.displayed_layers import DisplayedLayers
from playground.gui.stack.geometry import GAP, SIDE, WIDEST, drop_target, head_height, line_of
from playground.gui.stack.health_mark import HealthMark
from playground.gui.stack.picture_places import PicturePlaces
from playground.gui.stack.range_pill import shown_ranges
from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import theme_of
from playground.spec.check.problem import Fix, Problem
from playground.spec.edits import LayerPath
from playground.spec.layer import Layer

if TYPE_CHECKING:  # it needs NumPy, which the window does not wait for
    from playground.gui.stack.block_output import BlockOutput


class Drop(NamedTuple):
    """The insertion path of a drop, and the indicator line in the viewport."""

    path: LayerPath
    y: int
    left: int
    right: int


class StackView(BlockList):
    """Shows and edits a document's stack; `commands` holds the actions for the menus."""

    value_clicked = Signal(object, object)  # the path of a layer, and the Place of one of the values on its block
    mark_pressed = Signal(object)  # the paths of unhealthy layers whose mark was clicked or asked about
    range_pressed = Signal(object)  # a Range whose frame was clicked
    form_requested = Signal()  # Enter was pressed on a block: its form should get the focus

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self._delegate = BlockDelegate(self)
        self._drop: Drop | None = None
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(self.tr("Stack of layers"))
        self._accept_drags()
        self.commands = StackCommands(document, self._stack, self)
        self._stack.dropped.connect(self.select_paths)
        self._stack.refused.connect(self.refused)
        self._delegate.fix_requested.connect(self._apply_fix)
        self._delegate.folded.connect(self._fold)
        self._delegate.mark_pressed.connect(self.mark_pressed)
        self._delegate.value_clicked.connect(self.value_clicked)
        self._delegate.range_pressed.connect(self._press_range)
        self.displayed = DisplayedLayers(self)
        self._places = PicturePlaces(self)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # else all its parents repaint with it

    def _accept_drags(self) -> None:
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(False)  # this class draws its own, between the blocks

    def block_rect(self, index: QModelIndex) -> QRect:
        """The card of a block in the viewport."""
        return self._delegate.card_rect(index)

    def lie_under(self, cover: QWidget) -> None:
        """Make every block scrollable out from under a widget that temporarily covers the bottom of this view."""
        Covering(self, cover)

    @Slot(bool)
    def set_outputs_shown(self, shown: bool) -> None:
        """Set whether blocks show what their layers make of the current example; at first they do not."""
        self._stack.set_outputs_shown(shown)
        self.displayed.look()

    @Slot(object)
    def show_outputs(self, outputs: Mapping[LayerPath, BlockOutput]) -> None:
        """Show what layers compute on their blocks; blocks that are not listed show nothing.

        It is painted at once, as the user may be drawing and waits for it: not behind other events.
        """
        before, self._delegate.outputs = self._delegate.outputs, outputs
        self.viewport().repaint(self._places.touched(outputs.keys() | before.keys()))
        if self.viewport().underMouse() and QToolTip.isVisible():
            self._tell_value(self.viewport().mapFromGlobal(QCursor.pos()))

    @Slot(object)
    def insert(self, layer: Layer) -> None:
        """Insert a layer after the selection, select it and take the focus, so that the next key applies to it."""
        self.commands.insert((layer,))
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.form_requested.emit()
        elif event.key() == Qt.Key.Key_Escape and self.selected_rows():
            self.clearSelection()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        self.menu().popup(event.globalPos())

    def menu(self) -> QMenu:
        """The menu of the current block; it begins with what is wrong with the layer, if anything is."""
        menu, row = self.commands.menu(self), self.currentIndex().row()
        mark = self._stack.health(row) if row > 0 else None
        if mark is not None:
            action = QAction(self.tr("Show what is &wrong with the layer"), menu)
            action.triggered.connect(partial(self.mark_pressed.emit, mark.paths))
            menu.insertAction(menu.actions()[0], action)
        return menu

    def show_health(self, marks: Mapping[LayerPath, HealthMark]) -> None:
        """Mark unhealthy layers on their blocks; those that are not listed have no mark."""
        self._stack.set_health(marks)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mouseMoveEvent(event)
        position = event.position().toPoint()
        self._tell_value(position)
        button = self._delegate.button_at(self.indexAt(position), position)
        index = self.indexAt(position)
        pointing = button is not None or self._delegate.arrow_at(index, position)
        pointing = pointing or bool(self._delegate.mark_at(index, position))
        pointing = pointing or self._delegate.range_at(index, position) is not None
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if pointing else Qt.CursorShape.ArrowCursor)
        if self._delegate.set_hot(button):
            self.viewport().update()

    def _tell_value(self, position: QPoint) -> bool:
        """Show the value at a position beside it at once, if it is on the pictures of a block; return whether it is."""
        told = self._delegate.value_at(self.indexAt(position), position)
        if told is not None:
            QToolTip.showText(self.viewport().mapToGlobal(position), plain_tip(told[0]), self.viewport(), told[1])
        return told is not None

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Leave the tooltip of the value under the mouse alone."""
        told = isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._tell_value(event.pos())
        return told or super().viewportEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()
        else:
            event.ignore()  # the window handles files

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802
        super().dragMoveEvent(event)  # scrolls near the edges
        if event.mimeData().hasFormat(MIME):
            self._show_drop(self.drop_at(self._drop_position(event)))
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        super().dragLeaveEvent(event)
        self._show_drop(None)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        path = self.drop_at(self._drop_position(event)).path
        self._show_drop(None)
        self.stopAutoScroll()
        self.setState(QAbstractItemView.State.NoState)
        own = event.source() is self
        action = event.dropAction() if own else Qt.DropAction.CopyAction
        if self._stack.drop(event.mimeData(), action, path):
            event.setDropAction(action)
            event.accept()
            self.setFocus(Qt.FocusReason.OtherFocusReason)  # the next key applies to the dropped layers

    def _drop_position(self, event: QDropEvent) -> QPoint:
        """The position of a drag in the viewport; over a covered part, the lowest position that is visible."""
        point = event.position().toPoint()
        return QPoint(point.x(), min(point.y(), max(self._uncovered_height() - 1, 0)))

    def drop_at(self, position: QPoint) -> Drop:
        """The effect of a drop at a position in the viewport."""
        index = self.indexAt(position)
        if not index.isValid():
            index = self._stack.index(0 if position.y() < GAP else self._stack.rowCount() - 1)
            row = self.visualRect(index)
            end = (len(self._document.experiment.stack.layers),) if position.y() >= GAP else (0,)
            return Drop(end, row.bottom() + 1 + GAP // 2, *line_of(row, 0))
        row, number = self.visualRect(index), index.row()
        block, item = self._stack.block(number), self._stack.item(number)
        path, y, depth = drop_target(item, block, row, position.y(), self.font())
        return Drop(path, y, *line_of(row, depth))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self.viewport())
        if self._drop is None and not self.viewport().underMouse():  # a block under the mouse has another colour
            places = self._places.plain(event.region(), self._delegate.outputs)
            if places is not None:
                self._delegate.paint_pictures(painter, places)
                return
        painter.fillRect(event.rect(), theme_of(self).color("window"))
        painter.end()  # the base class paints the blocks with its own painter
        self._delegate.dirty = event.region()
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._stack.rowCount() == 1:
            self._paint_invitation(painter)
        if self._drop is not None:
            self._paint_drop(painter, self._drop)
        painter.end()

    def _paint_invitation(self, painter: QPainter) -> None:
        last = self.visualRect(self._stack.index(0))
        width = min(WIDEST, last.width() - 2 * SIDE)
        left = last.left() + (last.width() - width) // 2
        frame = QRect(left, last.bottom() + 1 + GAP, width, 3 * head_height(self.font()))
        theme = theme_of(self)
        painter.setPen(QPen(theme.color("border"), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(frame).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
        painter.setPen(theme.color("muted"))
        flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(frame, flags, self.tr("Drag a layer here, or press Ctrl+K"))

    def _paint_drop(self, painter: QPainter, drop: Drop) -> None:
        accent = theme_of(self).color("accent")
        painter.setPen(QPen(accent, 2))
        painter.drawLine(drop.left + 6, drop.y, drop.right, drop.y)
        painter.setBrush(theme_of(self).color("window"))
        painter.drawEllipse(QRectF(drop.left, drop.y - 3, 6, 6))

    def _show_drop(self, drop: Drop | None) -> None:
        if drop != self._drop:
            self._drop = drop
            self.viewport().update()

    @Slot(object, bool)
    def _fold(self, path: LayerPath, folded: bool) -> None:
        self._stack.fold(path, folded)

    @Slot(object, int)
    def _press_range(self, path: LayerPath, number: int) -> None:
        self.range_pressed.emit(shown_ranges(self._document.experiment, path)[number])

    @Slot(object, object)
    def _apply_fix(self, problem: Problem, fix: Fix) -> None:
        self.commands.apply_fix(problem, fix)
