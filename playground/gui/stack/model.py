"""The stack as a Qt model: one row for the data, then every layer in order, containers flattened with their paths."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any
from uuid import uuid4

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal, Slot

from playground.gui.session.document import Document
from playground.gui.stack.block import DATA, Block, branch_block, data_block, layer_block
from playground.gui.stack.changes import Change, Inserted, Moved, Removed, changes
from playground.gui.stack.clipboard import MIME, Clipping, ClippingError, clipping_of, copies, mime_of
from playground.gui.stack.editing import StackEditing, run
from playground.gui.stack.folding import Folding
from playground.gui.stack.items import Item, items
from playground.gui.style.labels import plain_tip
from playground.gui.style.translation import explained, translated
from playground.spec.check.problem import Problem
from playground.spec.check.shapes import LayerShape
from playground.spec.container import Container
from playground.spec.edits import LayerPath, outermost
from playground.spec.layer import Layer

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()


class Role(IntEnum):
    """What can be asked of a row besides Qt's own roles."""

    BLOCK = Qt.ItemDataRole.UserRole + 1  # all of it, for the painter
    PATH = Qt.ItemDataRole.UserRole + 2
    PROBLEM_COUNT = Qt.ItemDataRole.UserRole + 3  # known without making the block
    ITEM = Qt.ItemDataRole.UserRole + 4  # likewise: how it stands among others; None for the data


class StackModel(QAbstractListModel):
    """Follows the document; rows come and go one at a time where they can, so that views keep their place."""

    dropped = Signal(object)  # the paths of the layers that a drop put there
    refused = Signal(str)  # why a drop did nothing
    turning = Signal()  # before rows come, go, or show something else
    turned = Signal()  # they have

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._editing = StackEditing(document)
        self._identity = uuid4().hex
        self._folding = Folding()
        self._walked: Sequence[LayerShape] = ()
        self._read(self._items())
        document.replaced.connect(self._begin_anew)
        document.changed.connect(self._follow)

    def rowCount(self, parent: Index = _NO_INDEX) -> int:  # noqa: N802  Qt's name
        return 0 if parent.isValid() else 1 + len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Role.PATH:
            return self.path(index.row())
        if role == Role.PROBLEM_COUNT:
            return len(self._problems_at(index.row()))
        if role == Role.ITEM:
            return self._rows[index.row() - 1] if index.row() else None
        block = self.block(index.row())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return block.name
            case Role.BLOCK:
                return block
            case Qt.ItemDataRole.AccessibleTextRole:
                return block.spoken()
            case Qt.ItemDataRole.AccessibleDescriptionRole:
                return self._help(index.row())
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(block, index.row())
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsDragEnabled if self.layer(index.row()) else flags

    def block(self, row: int) -> Block:
        """What that row shows."""
        block = self._blocks.get(row)
        if block is None:
            problems = self._problems_at(row)
            if row == 0:
                block = data_block(self._document.experiment.data, problems)
            else:
                item = self._rows[row - 1]
                block = layer_block(item.row, problems, item) if item.row else branch_block(item)
            self._blocks[row] = block
        return block

    def path(self, row: int) -> LayerPath:
        """The path of that row's layer, or of the place in an empty branch; `DATA` for the first row."""
        return self._rows[row - 1].path if row else DATA

    def item(self, row: int) -> Item | None:
        """How that row stands among others; None for the data, and for a row that is gone while blocks are removed."""
        return self._rows[row - 1] if 0 < row <= len(self._rows) else None

    def layer(self, row: int) -> Layer | None:
        """The layer of that row; None for the data and for an empty branch."""
        item = self.item(row)
        return item.row.layer if item and item.row else None

    def row_of(self, path: LayerPath) -> int:
        """The row of a path; -1 where there is no such layer, or it is hidden."""
        return self._row_of_path.get(path, -1)

    def shown(self, path: LayerPath) -> LayerPath:
        """The path itself, or that of the folded container in which it is hidden."""
        while path not in self._row_of_path and len(path) > 1:
            path = path[:-2]
        return path

    def fold(self, path: LayerPath, folded: bool) -> bool:
        """Collapse or expand the container at `path`; returns whether that changed anything."""
        layer = self.layer(self.row_of(path)) if self.row_of(path) > 0 else None
        if not isinstance(layer, Container) or not self._folding.set(layer, folded):
            return False
        self._show_all()
        return True

    def reveal(self, path: LayerPath) -> None:
        """Expand whatever hides the layer at `path`."""
        while self.row_of(path) < 0 and self.fold(self.shown(path), folded=False):
            pass

    def insertion_path(self, row: int) -> LayerPath:
        """Where a layer goes that is put in front of that row; past the last row it is appended."""
        row = max(1, row)
        return self._rows[row - 1].path if row <= len(self._rows) else (len(self._document.experiment.stack.layers),)

    def clipping(self, rows: Sequence[int]) -> Clipping:
        """The layers of those rows, in their order in the stack; the data cannot be taken along."""
        paths = outermost([self.path(row) for row in rows if self.layer(row)])
        layers = (self.layer(self.row_of(path)) for path in paths)
        return Clipping(tuple(layer for layer in layers if layer), self._identity, paths)

    def supportedDropActions(self) -> Qt.DropAction:  # noqa: N802
        return Qt.DropAction.CopyAction | Qt.DropAction.MoveAction

    def supportedDragActions(self) -> Qt.DropAction:  # noqa: N802
        return Qt.DropAction.CopyAction | Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:  # noqa: N802
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802
        return mime_of(self.clipping([index.row() for index in indexes]))

    def canDropMimeData(  # noqa: N802
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        return data.hasFormat(MIME)

    def dropMimeData(  # noqa: N802
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        if row < 0:
            row = parent.row() + 1 if parent.isValid() else self.rowCount()
        return self.drop(data, action, self.insertion_path(row))

    def drop(self, data: QMimeData, action: Qt.DropAction, to: LayerPath) -> bool:
        """Put what is dragged in front of what is at `to`."""
        try:
            clipping = clipping_of(data)
        except ClippingError as error:
            self.refused.emit(translated(error.message))
            return False
        own = clipping.source == self._identity and all(path in self._row_of_path for path in clipping.paths)
        if own and action == Qt.DropAction.MoveAction:
            first = self._editing.move(clipping.paths, to)
        else:
            first = self._editing.insert(to, copies(clipping.layers))
        if first is None:
            self.refused.emit(self._editing.reason)
            return False
        self.dropped.emit(run(first, len(clipping.layers)))
        return True

    def removeRows(self, row: int, count: int, parent: Index = _NO_INDEX) -> bool:  # noqa: N802
        """Refuse: a drag that moved rows has moved them already, and nothing else may remove them."""
        return False

    @Slot()
    def _begin_anew(self) -> None:
        """Show another experiment: none of its blocks is one that was there before."""
        self.beginResetModel()
        self._folding = Folding()
        self._read(self._items())
        self.endResetModel()

    @Slot()
    def _follow(self) -> None:
        self._folding.follow(self._walked, self._document.rows)
        self._show_all()

    def _show_all(self) -> None:
        self.turning.emit()
        rows = self._items()
        for change in changes([item.key for item in self._rows], [item.key for item in rows]):
            self._step(change, rows)
        self._read(rows)
        self.dataChanged.emit(self.index(0), self.index(self.rowCount() - 1))
        self.turned.emit()

    def _items(self) -> list[Item]:
        return items(self._document.experiment.stack, self._document.rows, self._folding)

    def _step(self, change: Change, rows: Sequence[Item]) -> None:
        """Take one step towards `rows`; row 0 of the model, the data, stands before all of them."""
        now, first = list(self._rows), change.first
        last, nowhere = first + change.size, QModelIndex()
        match change:
            case Inserted(source=source):
                self.beginInsertRows(nowhere, first + 1, last)
                self._show([*now[:first], *rows[source : source + change.size], *now[first:]])
                self.endInsertRows()
            case Removed():
                self.beginRemoveRows(nowhere, first + 1, last)
                self._show([*now[:first], *now[last:]])
                self.endRemoveRows()
            case Moved(before=before):
                self.beginMoveRows(nowhere, first + 1, last, nowhere, before + 1)
                self._show([*now[:first], *now[last:before], *now[first:last], *now[before:]])
                self.endMoveRows()

    def _show(self, rows: Sequence[Item]) -> None:
        """Take over rows on the way to those of the document; blocks are made when they are first shown."""
        self._rows = rows
        self._blocks: dict[int, Block] = {}

    def _read(self, rows: Sequence[Item]) -> None:
        """Take over all that the document knows; `rows` are what of it is shown."""
        self._walked = self._document.rows
        self._show(rows)
        self._row_of_path = {DATA: 0, **{row.path: number for number, row in enumerate(rows, 1)}}
        self._problems: dict[int, list[Problem]] = {}
        for problem in self._document.problems:
            row = self._row_of_problem(problem)
            if row >= 0:
                self._problems.setdefault(row, []).append(problem)

    def _row_of_problem(self, problem: Problem) -> int:
        """A problem of the data or of the stack as a whole stands on the first block; one of the recipe on none."""
        if problem.layer is not None:
            return self._row_of_path.get(self.shown(problem.layer), -1)
        return -1 if problem.part == "recipe" else 0

    def _problems_at(self, row: int) -> Sequence[Problem]:
        return self._problems.get(row, ())

    def _help(self, row: int) -> str:
        layer = self.layer(row)
        if layer is not None:
            return translated(layer.help)
        return "" if row else translated(self._document.experiment.data.help)

    def _tip(self, block: Block, row: int) -> str:
        lines = [f"{block.name}  {block.settings}".strip(), *filter(None, [self._help(row)])]
        lines += [f"⚠ {explained(problem)}" for problem in block.problems]
        return plain_tip("\n\n".join(lines))
