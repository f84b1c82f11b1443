"""The blocks of a stack as a list: what is selected of them, and which of them are seen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSignalBlocker,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QCursor,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QScrollBar, QWidget

from playground.gui.session.document import Document
from playground.gui.stack.block import DATA
from playground.gui.stack.changes import changed_paths
from playground.gui.stack.items import behind
from playground.gui.stack.model import StackModel
from playground.spec.check.insertion_points import InsertionPoint
from playground.spec.edits import LayerPath
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer

_SELECT = QItemSelectionModel.SelectionFlag.ClearAndSelect


class QuietScrollBar(QScrollBar):
    """A scroll bar that keeps its room, and shows nothing while there is nothing to scroll."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        if self.maximum() > self.minimum():
            super().paintEvent(event)


class BlockList(QListView):
    """Shows the blocks of a document's stack, one under another; nothing is edited here."""

    selection_changed = Signal(object)  # tuple of the selected paths, in order; `DATA` for the data block
    refused = Signal(str)  # a sentence: why something could not be done

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._stack = StackModel(document, self)
        self._told: tuple[LayerPath, ...] | None = None
        self._anchor: tuple[QPersistentModelIndex, int] | None = (
            None  # a block that is to stay where it is, and its top
        )
        self._covered = 0  # pixels of the viewport, from the bottom, that something lies over
        self._room = 0  # pixels that can be scrolled beyond the last block
        self.setModel(self._stack)
        self._set_up()
        self._stack.turning.connect(self._cast_anchor)
        self._stack.turned.connect(self._weigh_anchor)
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
