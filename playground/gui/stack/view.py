"""The stack in the middle of the window: blocks to select, drag, edit with the keyboard, and mend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSignalBlocker,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QCursor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from playground.gui.session.document import Document
from playground.gui.stack.block import DATA
from playground.gui.stack.changes import changed_paths
from playground.gui.stack.clipboard import MIME
from playground.gui.stack.commands import StackCommands
from playground.gui.stack.covering import Covering, QuietScrollBar
from playground.gui.stack.delegate import BlockDelegate
from playground.gui.stack.geometry import GAP, SIDE, WIDEST, drop_place, head_height, line_of
from playground.gui.stack.items import behind
from playground.gui.stack.model import StackModel
from playground.gui.style.theme import theme_of
from playground.spec.check.insertion_points import InsertionPoint
from playground.spec.check.problem import Fix, Problem
from playground.spec.edits import LayerPath
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer

_SELECT = QItemSelectionModel.SelectionFlag.ClearAndSelect


class Drop(NamedTuple):
    """Where something goes that is let go now, and the line that says so, in the viewport."""

    path: LayerPath
    y: int
    left: int
    right: int


class StackView(QListView):
    """Shows and edits a document's stack; `commands` holds its actions for the menus."""

    selection_changed = Signal(object)  # tuple of the selected paths, in order; `DATA` for the data block
    form_requested = Signal()  # Enter on a block: its form should take the keyboard
    refused = Signal(str)  # a sentence: why something could not be done

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._stack = StackModel(document, self)
        self._delegate = BlockDelegate(self)
        self._drop: Drop | None = None
        self._told: tuple[LayerPath, ...] | None = None
        self._anchor: tuple[QPersistentModelIndex, int] | None = (
            None  # a block that is to stay where it is, and its top
        )
        self._covered = 0  # pixels of the viewport, from the bottom, that something lies over
        self._room = 0  # pixels that can be scrolled beyond the last block
        self.setModel(self._stack)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(self.tr("Stack of layers"))
        self._set_up()
        self.commands = StackCommands(document, self._stack, self)
        self._stack.turning.connect(self._cast_anchor)
        self._stack.turned.connect(self._weigh_anchor)
        self._stack.dropped.connect(self.select_paths)
        self._stack.refused.connect(self.refused)
        self._delegate.mend.connect(self._mend)
        self._delegate.folded.connect(self._fold)
        self.selectionModel().selectionChanged.connect(self._tell)
        self._stack.modelReset.connect(self._begin_anew)
        document.changed.connect(self._tell)
        document.jumped.connect(self._select_changed)
        self._tell()

    def _set_up(self) -> None:
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBar(QuietScrollBar(self))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # no block moves when it is needed
        self.verticalScrollBar().setSingleStep(24)
        self.verticalScrollBar().valueChanged.connect(self._give_room_back)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(False)  # drawn here, between the blocks
        self.setViewportMargins(0, 4, 0, 4)

    @property
    def stack(self) -> StackModel:
        """The model behind it."""
        return self._stack

    def selected_rows(self) -> tuple[int, ...]:
        """The rows that are selected, in order; row 0 is the data."""
        chosen = self.selectionModel().selection()
        ranges = ((part.top(), part.bottom() + 1) for part in map(chosen.at, range(chosen.size())))
        return tuple(row for first, end in sorted(ranges) for row in range(first, end))

    def selected_paths(self) -> tuple[LayerPath, ...]:
        """The paths that are selected, in order; `DATA` for the data block."""
        return tuple(self._stack.path(row) for row in self.selected_rows())

    def current_path(self) -> LayerPath | None:
        """The path that has the keyboard; None where there is none."""
        index = self.currentIndex()
        return self._stack.path(index.row()) if index.isValid() else None

    def insertion_path(self) -> LayerPath:
        """Where a new layer goes: behind the selection, into the empty branch that is selected, or to the end."""
        rows = self.selected_rows()
        if not rows:
            return (len(self._document.experiment.stack.layers),)
        paths = self._stack.clipping(rows).paths  # a container that is selected with all that is in it counts alone
        last = self._stack.path(rows[-1])
        if self._stack.layer(rows[-1]) is None and last != DATA and not any(last[: len(it)] == it for it in paths):
            return last
        return behind(paths[-1]) if paths else (0,)

    def insertion_point(self) -> InsertionPoint:
        """The same place, which knows what a new layer would receive there and whether one fits."""
        return InsertionPoint(self._document.experiment, self._document.rows, self.insertion_path())

    def lie_under(self, cover: QWidget) -> None:
        """Let blocks be scrolled out from under a widget that lies over the bottom of this one now and then."""
        Covering(self, cover)

    def set_covered(self, height: int) -> None:
        """Note how many pixels of the viewport something lies over, from the bottom; nothing moves."""
        if height != self._covered:
            self._covered = height
            self._room = max(self._room, height)
            self.updateGeometries()

    def updateGeometries(self) -> None:  # noqa: N802  Qt's name
        """Set the range of the scroll bar, with room below the last block for what is covered."""
        bar = self.verticalScrollBar()
        offset = bar.value()
        with QSignalBlocker(bar):  # Qt's range is without that room, and would move the blocks
            super().updateGeometries()
            bar.setMaximum(max(bar.maximum(), offset))
            bar.setValue(offset)
        self._give_room_back(offset)
        self._set_end()

    def scrollTo(  # noqa: N802  Qt's name
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Bring a block into the part of the view that nothing lies over."""
        super().scrollTo(index, hint)
        block = self.visualRect(index)
        hidden = block.bottom() + 1 - self._clear_height()
        if self._covered and hidden > 0:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + min(hidden, max(block.top(), 0)))

    def _clear_height(self) -> int:
        """The height of the viewport above what lies over it."""
        return self.viewport().height() - self._covered

    def _end(self) -> int:
        """The offset at which the last block ends with the viewport; negative where all have room."""
        return self.contentsSize().height() - self.viewport().height()

    @Slot(int)
    def _give_room_back(self, offset: int) -> None:
        """Keep of the room below the last block what is covered, or is still scrolled into when nothing is."""
        room = max(self._covered, min(self._room, offset - self._end()), 0)
        if room != self._room:
            self._room = room
            self._set_end()

    def _set_end(self) -> None:
        self.verticalScrollBar().setMaximum(max(self._end() + self._room, 0))

    @Slot(object)
    def show_thumbnails(self, pictures: Mapping[LayerPath, Sequence[QImage]]) -> None:
        """Show on blocks what the first neurons of their layers do; on those that are not named, nothing."""
        before, self._delegate.thumbnails = self._delegate.thumbnails, pictures
        for row in range(self.stack.rowCount()):
            path = self.stack.path(row)
            if path in pictures or path in before:
                self.viewport().update(self.visualRect(self.stack.index(row, 0)))

    @Slot(object)
    def insert(self, layer: Layer) -> None:
        """Insert a layer behind the selection, select it, and take the keyboard: the next key is meant for it."""
        self.commands.insert((layer,))
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(int, int)
    def select_rows(self, first: int, count: int) -> None:
        """Select rows and bring them into view."""
        last = min(first + count, self._stack.rowCount()) - 1
        if first < 0 or last < first:
            return
        model = self._stack
        self.selectionModel().setCurrentIndex(model.index(last), QItemSelectionModel.SelectionFlag.NoUpdate)
        self.selectionModel().select(QItemSelection(model.index(first), model.index(last)), _SELECT)
        self.scrollTo(model.index(last))

    @Slot(object)
    def select_path(self, path: LayerPath) -> None:
        """Select one block, such as the one at which a problem stands; what hides it is expanded."""
        self._stack.reveal(path)
        self.select_rows(self._stack.row_of(path), 1)

    @Slot(object)
    def select_paths(self, paths: Sequence[LayerPath]) -> None:
        """Select blocks and bring the last of them into view."""
        rows = [row for row in map(self._stack.row_of, paths) if row >= 0]
        if not rows:
            return
        chosen = QItemSelection()
        for row in rows:
            chosen.select(self._stack.index(row), self._stack.index(row))
        last = self._stack.index(rows[-1])
        self.selectionModel().setCurrentIndex(last, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.selectionModel().select(chosen, _SELECT)
        self.scrollTo(last)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.form_requested.emit()
        elif event.key() == Qt.Key.Key_Escape and self.selected_rows():
            self.clearSelection()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        self.commands.menu(self).popup(event.globalPos())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mouseMoveEvent(event)
        position = event.position().toPoint()
        button = self._delegate.button_at(self.indexAt(position), position)
        pointing = button is not None or self._delegate.arrow_at(self.indexAt(position), position)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if pointing else Qt.CursorShape.ArrowCursor)
        if self._delegate.set_hot(button):
            self.viewport().update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()
        else:
            event.ignore()  # a file goes on to the window

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802
        super().dragMoveEvent(event)  # scrolls near the edges
        if event.mimeData().hasFormat(MIME):
            self._show_drop(self.drop_at(self._seen(event)))
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        super().dragLeaveEvent(event)
        self._show_drop(None)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        path = self.drop_at(self._seen(event)).path
        self._show_drop(None)
        self.stopAutoScroll()
        self.setState(QAbstractItemView.State.NoState)
        own = event.source() is self
        action = event.dropAction() if own else Qt.DropAction.CopyAction
        if self._stack.drop(event.mimeData(), action, path):
            event.setDropAction(action)
            event.accept()
            self.setFocus(Qt.FocusReason.OtherFocusReason)  # the next key is meant for what was dropped

    def _seen(self, event: QDropEvent) -> QPoint:
        """Where something is dragged to, in the viewport; over what covers it, the lowest place that is seen."""
        spot = event.position().toPoint()
        return QPoint(spot.x(), min(spot.y(), max(self._clear_height() - 1, 0)))

    def drop_at(self, position: QPoint) -> Drop:
        """What happens to something dropped at a position in the viewport."""
        index = self.indexAt(position)
        if not index.isValid():
            index = self._stack.index(0 if position.y() < GAP else self._stack.rowCount() - 1)
            row = self.visualRect(index)
            end = (len(self._document.experiment.stack.layers),) if position.y() >= GAP else (0,)
            return Drop(end, row.bottom() + 1 + GAP // 2, *line_of(row, 0))
        row, number = self.visualRect(index), index.row()
        block, item = self._stack.block(number), self._stack.item(number)
        path, y, depth = drop_place(item, block, row, position.y(), self.font())
        return Drop(path, y, *line_of(row, depth))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme_of(self).color("window"))
        painter.end()  # the blocks are drawn by a painter of their own
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

    @Slot()
    def _cast_anchor(self) -> None:
        """Note where the block stands that a person works on: the one under the mouse, or the current one."""
        self._anchor = None
        mouse = self.viewport().mapFromGlobal(QCursor.pos())
        pointed = self.indexAt(mouse) if self.viewport().underMouse() else QModelIndex()
        for index in (pointed, self.currentIndex()):
            if index.isValid() and self.viewport().rect().intersects(self.visualRect(index)):
                self._anchor = QPersistentModelIndex(index), self.visualRect(index).top()
                return

    @Slot()
    def _weigh_anchor(self) -> None:
        """Scroll so that the block stands where it stood, whatever became higher or lower above it."""
        if self._anchor is None:
            return
        index, top = self._anchor
        self._anchor = None
        if index.isValid():
            self.executeDelayedItemsLayout()
            moved = self.visualRect(self._stack.index(index.row())).top() - top
            self.verticalScrollBar().setValue(self.verticalScrollBar().value() + moved)

    @Slot(object, bool)
    def _fold(self, path: LayerPath, folded: bool) -> None:
        self._stack.fold(path, folded)

    @Slot(object, object)
    def _mend(self, problem: Problem, fix: Fix) -> None:
        self.commands.mend(problem, fix)

    @Slot()
    def _begin_anew(self) -> None:
        """Select nothing of another experiment; the arrow keys begin at its first block."""
        self.selectionModel().setCurrentIndex(self._stack.index(0), QItemSelectionModel.SelectionFlag.NoUpdate)
        self.scrollToTop()

    @Slot(object, object)
    def _select_changed(self, before: Experiment, moved: Sequence[Layer]) -> None:
        """Select what undo, redo or a fix moved or changed; what is folded stays so.

        Of what was changed, what is selected already stays selected alone.
        """
        known = set(map(id, moved))
        there = [row.path for row in self._document.rows if id(row.layer) in known]
        changed = there or changed_paths(before.stack, self._document.experiment.stack)
        paths = tuple(dict.fromkeys(map(self._stack.shown, changed)))
        chosen = self.selected_paths()
        if not there and chosen and set(chosen) <= set(paths):
            self.scrollTo(self._stack.index(self._stack.row_of(chosen[-1])))
        elif paths:
            self.select_paths(paths)
        elif before.stack != self._document.experiment.stack:
            self.select_rows(0, 1)  # nothing is left but the data

    @Slot()
    def _tell(self) -> None:
        paths = self.selected_paths()
        if paths != self._told:
            self._told = paths
            self.selection_changed.emit(paths)
