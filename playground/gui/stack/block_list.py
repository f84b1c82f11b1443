"""The list of blocks of a stack, with its selection and scroll position."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
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
    """A scroll bar that always takes its space but paints nothing if there is nothing to scroll."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        if self.maximum() > self.minimum():
            super().paintEvent(event)


class BlockList(QListView):
    """Shows the blocks of a document's stack one below another; read-only."""

    selection_changed = Signal(object)  # tuple of the selected paths, in order; `DATA` for the data block
    refused = Signal(str)  # a sentence: the reason why an action was refused
    arrangement = 0  # changes whenever blocks may have moved in the viewport

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._stack = StackModel(document, self)
        self._announced: tuple[LayerPath, ...] | None = None
        self._anchor: tuple[QPersistentModelIndex, int] | None = (
            None  # the block whose position on the screen must not change, and its top
        )
        self._covered = 0  # pixels at the bottom of the viewport that are covered by another widget
        self._extra_space = 0  # pixels that can be scrolled beyond the last block
        self.setModel(self._stack)
        self._set_up()
        self._stack.turning.connect(self._remember_position)
        self._stack.turned.connect(self._restore_position)
        self.selectionModel().selectionChanged.connect(self._announce)
        self._stack.modelReset.connect(self._reset)
        document.changed.connect(self._announce)
        document.jumped.connect(self._select_changed)
        self._announce()

    def _set_up(self) -> None:
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBar(QuietScrollBar(self))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # no block moves when it appears
        self.verticalScrollBar().setSingleStep(24)
        self.verticalScrollBar().valueChanged.connect(self._shrink_extra_space)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setViewportMargins(0, 4, 0, 4)

    @property
    def stack(self) -> StackModel:
        """The model of this view."""
        return self._stack

    def selected_rows(self) -> tuple[int, ...]:
        """The selected rows in order; row 0 is the data."""
        chosen = self.selectionModel().selection()
        ranges = ((part.top(), part.bottom() + 1) for part in map(chosen.at, range(chosen.size())))
        return tuple(row for first, end in sorted(ranges) for row in range(first, end))

    def selected_paths(self) -> tuple[LayerPath, ...]:
        """The selected paths in order; `DATA` for the data block."""
        return tuple(self._stack.path(row) for row in self.selected_rows())

    def current_path(self) -> LayerPath | None:
        """The path of the current block; None if there is none."""
        index = self.currentIndex()
        return self._stack.path(index.row()) if index.isValid() else None

    def insertion_path(self) -> LayerPath:
        """The insertion path of a new layer: after the selection, in the selected empty branch, or at the end."""
        rows = self.selected_rows()
        if not rows:
            return (len(self._document.experiment.stack.layers),)
        paths = self._stack.clipping(rows).paths  # a container that is selected together with its content counts alone
        last = self._stack.path(rows[-1])
        if self._stack.layer(rows[-1]) is None and last != DATA and not any(last[: len(it)] == it for it in paths):
            return last
        return behind(paths[-1]) if paths else (0,)

    def insertion_point(self) -> InsertionPoint:
        """The insertion point at `insertion_path`, which knows its input shape and whether a layer fits."""
        return InsertionPoint(self._document.experiment, self._document.rows, self.insertion_path())

    def set_covered(self, height: int) -> None:
        """Set the number of pixels at the bottom of the viewport that another widget covers; nothing is scrolled."""
        if height != self._covered:
            self._covered = height
            self._extra_space = max(self._extra_space, height)
            self.updateGeometries()

    def doItemsLayout(self) -> None:  # noqa: N802  Qt's name
        super().doItemsLayout()
        self.arrangement += 1

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802  Qt's name
        super().scrollContentsBy(dx, dy)
        self.arrangement += 1

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        super().changeEvent(event)
        self.arrangement += 1  # the font may be another one

    def updateGeometries(self) -> None:  # noqa: N802  Qt's name
        """Set the range of the scroll bar, with space below the last block for the covered part."""
        bar = self.verticalScrollBar()
        offset = bar.value()
        with QSignalBlocker(bar):  # the range that Qt sets lacks that space and would move the blocks
            super().updateGeometries()
            bar.setMaximum(max(bar.maximum(), offset))
            bar.setValue(offset)
        self._shrink_extra_space(offset)
        self._update_maximum()

    def scrollTo(  # noqa: N802  Qt's name
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Scroll a block into the part of the viewport that is not covered."""
        super().scrollTo(index, hint)
        block = self.visualRect(index)
        hidden = block.bottom() + 1 - self._uncovered_height()
        if self._covered and hidden > 0:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + min(hidden, max(block.top(), 0)))

    def _uncovered_height(self) -> int:
        """The height of the part of the viewport that is not covered."""
        return self.viewport().height() - self._covered

    def _end(self) -> int:
        """The offset at which the last block ends with the viewport; negative if all blocks fit."""
        return self.contentsSize().height() - self.viewport().height()

    @Slot(int)
    def _shrink_extra_space(self, offset: int) -> None:
        """Reduce the space below the last block to the covered height, or to the part still scrolled into if larger."""
        extra = max(self._covered, min(self._extra_space, offset - self._end()), 0)
        if extra != self._extra_space:
            self._extra_space = extra
            self._update_maximum()

    def _update_maximum(self) -> None:
        self.verticalScrollBar().setMaximum(max(self._end() + self._extra_space, 0))

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
        """Select one block, for instance the one with a problem; folded containers around it are expanded."""
        self._stack.reveal(path)
        self.select_rows(self._stack.row_of(path), 1)

    @Slot(object)
    def select_paths(self, paths: Sequence[LayerPath]) -> None:
        """Select blocks and scroll to the last of them."""
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
    def _remember_position(self) -> None:
        """Remember the position of the block the user works on: the one under the mouse, or the current one."""
        self._anchor = None
        mouse = self.viewport().mapFromGlobal(QCursor.pos())
        pointed = self.indexAt(mouse) if self.viewport().underMouse() else QModelIndex()
        for index in (pointed, self.currentIndex()):
            if index.isValid() and self.viewport().rect().intersects(self.visualRect(index)):
                self._anchor = QPersistentModelIndex(index), self.visualRect(index).top()
                return

    @Slot()
    def _restore_position(self) -> None:
        """Scroll so that the remembered block keeps its position, whatever changed its height above it."""
        if self._anchor is None:
            return
        index, top = self._anchor
        self._anchor = None
        if index.isValid():
            self.executeDelayedItemsLayout()
            moved = self.visualRect(self._stack.index(index.row())).top() - top
            self.verticalScrollBar().setValue(self.verticalScrollBar().value() + moved)

    @Slot()
    def _reset(self) -> None:
        """Clear the selection for another experiment; the arrow keys start at its first block."""
        self.selectionModel().setCurrentIndex(self._stack.index(0), QItemSelectionModel.SelectionFlag.NoUpdate)
        self.scrollToTop()

    @Slot(object, object)
    def _select_changed(self, before: Experiment, moved: Sequence[Layer]) -> None:
        """Select the layers that undo, redo or a fix moved or changed; folded containers stay folded.

        If the current selection is part of the changed layers, it is kept.
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
            self.select_rows(0, 1)  # only the data is left

    @Slot()
    def _announce(self) -> None:
        paths = self.selected_paths()
        if paths != self._announced:
            self._announced = paths
            self.selection_changed.emit(paths)
