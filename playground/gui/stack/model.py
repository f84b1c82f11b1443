"""The stack as a Qt model: one row for the data, then every layer in order, containers flattened with their paths."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any
from uuid import uuid4

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal, Slot

from playground.gui.document import Document
from playground.gui.stack.block import DATA, Block, data_block, layer_block
from playground.gui.stack.changes import Change, Inserted, Moved, Removed, changes
from playground.gui.stack.clipping import MIME, Clipping, ClippingError, clipping_of, copies, mime_of
from playground.gui.stack.editing import StackEditing
from playground.gui.words import translated
from playground.spec.edits import Path
from playground.spec.problems import Problem
from playground.spec.shapes import Row

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()


class Role(IntEnum):
    """What can be asked of a row besides Qt's own roles."""

    BLOCK = Qt.ItemDataRole.UserRole + 1  # all of it, for the painter
    PATH = Qt.ItemDataRole.UserRole + 2
    PROBLEM_COUNT = Qt.ItemDataRole.UserRole + 3  # known without making the block


class StackModel(QAbstractListModel):
    """Follows the document; rows come and go one at a time where they can, so that views keep their place."""

    dropped = Signal(int, int)  # the first row and the number of layers that a drop put there
    refused = Signal(str)  # why a drop did nothing

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._editing = StackEditing(document)
        self._identity = uuid4().hex
        self._read()
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
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.row() else flags

    def block(self, row: int) -> Block:
        """What that row shows."""
        block = self._blocks.get(row)
        if block is None:
            problems = self._problems_at(row)
            if row == 0:
                block = data_block(self._document.experiment.data, problems)
            else:
                block = layer_block(self._rows[row - 1], problems)
            self._blocks[row] = block
        return block

    def path(self, row: int) -> Path:
        """The path of that row's layer; `DATA` for the first row."""
        return self._rows[row - 1].path if row else DATA

    def row_of(self, path: Path) -> int:
        """The row of a path; -1 where there is no such layer."""
        return self._row_of_path.get(path, -1)

    def insertion_path(self, row: int) -> Path:
        """Where a layer goes that is put in front of that row; past the last row it is appended."""
        row = max(1, row)
        return self._rows[row - 1].path if row <= len(self._rows) else (len(self._document.experiment.stack.layers),)

    def clipping(self, rows: Sequence[int]) -> Clipping:
        """The layers of those rows, in their order in the stack; the data cannot be taken along."""
        taken = sorted(row for row in rows if row > 0)
        return Clipping(
            tuple(self._rows[row - 1].layer for row in taken),
            self._identity,
            tuple(self.path(row) for row in taken),
        )

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
        try:
            clipping = clipping_of(data)
        except ClippingError as error:
            self.refused.emit(translated(error.message))
            return False
        if row < 0:
            row = parent.row() + 1 if parent.isValid() else self.rowCount()
        to = self.insertion_path(row)
        own = clipping.source == self._identity and all(path in self._row_of_path for path in clipping.paths)
        if own and action == Qt.DropAction.MoveAction:
            first = self._editing.move(clipping.paths, to)
        else:
            first = self._editing.insert(to, copies(clipping.layers))
        if first is None:
            self.refused.emit(self._editing.reason)
            return False
        self.dropped.emit(self.row_of(first), len(clipping.layers))
        return True

    def removeRows(self, row: int, count: int, parent: Index = _NO_INDEX) -> bool:  # noqa: N802
        """Refuse: a drag that moved rows has moved them already, and nothing else may remove them."""
        return False

    @Slot()
    def _follow(self) -> None:
        rows = self._document.rows
        for change in changes([row.layer for row in self._rows], [row.layer for row in rows]):
            self._step(change, rows)
        self._read()
        self.dataChanged.emit(self.index(0), self.index(self.rowCount() - 1))

    def _step(self, change: Change, rows: Sequence[Row]) -> None:
        """Take one step towards the document's `rows`; row 0 of the model, the data, stands before all of them."""
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

    def _show(self, rows: Sequence[Row]) -> None:
        """Take over rows on the way to those of the document; blocks are made when they are first shown."""
        self._rows = rows
        self._blocks: dict[int, Block] = {}

    def _read(self) -> None:
        """Take over all that the document knows."""
        rows = self._document.rows
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
            return self._row_of_path.get(problem.layer, -1)
        return 0 if problem.field is None or problem.field[0] == "data" else -1

    def _problems_at(self, row: int) -> Sequence[Problem]:
        return self._problems.get(row, ())

    def _help(self, row: int) -> str:
        return translated(self._rows[row - 1].layer.help if row else self._document.experiment.data.help)

    def _tip(self, block: Block, row: int) -> str:
        lines = [f"{block.name}  {block.settings}".strip(), self._help(row)]
        for problem in block.problems:
            expected = self.tr("Expected: {0}.").format(translated(problem.expected))
            lines.append(f"⚠ {translated(problem.what)} {expected}")
        return "\n\n".join(lines)
