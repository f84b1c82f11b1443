"""The stack as a Qt model: one row for the data, then all layers in order, with containers flattened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import IntEnum
from typing import Any
from uuid import uuid4

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal, Slot

from playground.gui.session.document import Document
from playground.gui.stack.block import DATA, Block, branch_block, data_block, display_in, layer_block
from playground.gui.stack.changes import Change, Inserted, Moved, Removed, changes
from playground.gui.stack.clipboard import MIME, Clipping, ClippingError, clipping_of, copies, mime_of, ranges_of
from playground.gui.stack.editing import StackEditing, run
from playground.gui.stack.folding import Folding
from playground.gui.stack.health_mark import HealthMark, merged
from playground.gui.stack.items import Item, items
from playground.gui.stack.range_pill import range_texts
from playground.gui.style.labels import plain_tip
from playground.gui.style.translation import explained, translated
from playground.spec.check.problem import Problem
from playground.spec.check.shapes import LayerShape
from playground.spec.container import Container
from playground.spec.display import Display
from playground.spec.edits import LayerPath, outermost
from playground.spec.layer import Layer
from playground.spec.messages import message

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()


class Role(IntEnum):
    """Data of a row in addition to Qt's own roles."""

    BLOCK = Qt.ItemDataRole.UserRole + 1  # the Block, for the painter
    PATH = Qt.ItemDataRole.UserRole + 2
    PROBLEM_COUNT = Qt.ItemDataRole.UserRole + 3  # known without creating the block
    ITEM = Qt.ItemDataRole.UserRole + 4  # the Item, also without creating the block; None for the data
    DISPLAY = Qt.ItemDataRole.UserRole + 5  # `Block.display`, also without creating the block


class StackModel(QAbstractListModel):
    """Follows the document; rows are inserted, removed and moved individually where possible, to keep view state."""

    dropped = Signal(object)  # the paths of the dropped layers
    refused = Signal(str)  # the reason why a drop had no effect
    turning = Signal()  # before rows are inserted, removed or changed
    turned = Signal()  # afterwards

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._editing = StackEditing(document)
        self._identity = uuid4().hex
        self._folding = Folding()
        self._layer_rows: Sequence[LayerShape] = ()
        self._outputs_shown = False
        self._health: Mapping[LayerPath, HealthMark] = {}
        self._read(self._items())
        document.replaced.connect(self._reset)
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
        if role == Role.DISPLAY:
            return self.display(index.row())
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
        """The content of a row."""
        block = self._blocks.get(row)
        if block is None:
            problems = self._problems_at(row)
            ranges = range_texts(self._document.experiment, self.path(row))
            if row == 0:
                block = data_block(self._document.experiment.data, problems, self.display(0), ranges)
            else:
                item = self._rows[row - 1]
                made = layer_block(item.row, problems, item, self.display(row), ranges) if item.row else None
                block = made or branch_block(item)
                block = replace(block, health=self.health(row)) if item.row and self._health else block
            self._blocks[row] = block
        return block

    def set_outputs_shown(self, shown: bool) -> None:
        """Set whether blocks have room for what their layers compute; at first they have none."""
        if shown != self._outputs_shown:
            self._outputs_shown = shown
            self._show_all()

    def set_health(self, marks: Mapping[LayerPath, HealthMark]) -> None:
        """Mark unhealthy layers; those that are not listed have no mark."""
        if marks != self._health:
            self._health = marks
            self._blocks.clear()
            self.dataChanged.emit(self.index(0), self.index(self.rowCount() - 1))

    def health(self, row: int) -> HealthMark | None:
        """The mark on the block of a row, on a folded container that of the layers in it; None without one."""
        path, item = self.path(row), self.item(row)
        folded = item is not None and item.folded
        inside = [where for where in self._health if where == path or (folded and where[: len(path)] == path)]
        return merged([self._health[where] for where in sorted(inside)])

    def display(self, row: int) -> Display | None:
        """How the block of a row shows what is computed there; None if it does not."""
        if not self._outputs_shown:
            return None
        item = self._rows[row - 1] if row else None
        if item is not None and item.row is None:
            return None
        return display_in(self._document.experiment.data, item.row if item else None)

    def path(self, row: int) -> LayerPath:
        """The path of a row's layer, or of the insertion point in an empty branch; `DATA` for the first row."""
        return self._rows[row - 1].path if row else DATA

    def item(self, row: int) -> Item | None:
        """The item of a row; None for the data, and for a row that no longer exists while rows are removed."""
        return self._rows[row - 1] if 0 < row <= len(self._rows) else None

    def layer(self, row: int) -> Layer | None:
        """The layer of a row; None for the data and for an empty branch."""
        item = self.item(row)
        return item.row.layer if item and item.row else None

    def row_of(self, path: LayerPath) -> int:
        """The row of a path; -1 if there is no such layer or it is hidden."""
        return self._row_of_path.get(path, -1)

    def shown(self, path: LayerPath) -> LayerPath:
        """The path itself, or that of the folded container that hides it."""
        while path not in self._row_of_path and len(path) > 1:
            path = path[:-2]
        return path

    def fold(self, path: LayerPath, folded: bool) -> bool:
        """Collapse or expand the container at `path`; return whether this changed anything."""
        layer = self.layer(self.row_of(path)) if self.row_of(path) > 0 else None
        if not isinstance(layer, Container) or not self._folding.set(layer, folded):
            return False
        self._show_all()
        return True

    def reveal(self, path: LayerPath) -> None:
        """Expand the folded containers around the layer at `path`."""
        while self.row_of(path) < 0 and self.fold(self.shown(path), folded=False):
            pass

    def insertion_path(self, row: int) -> LayerPath:
        """The insertion path before a row; after the last row, the end of the stack."""
        row = max(1, row)
        return self._rows[row - 1].path if row <= len(self._rows) else (len(self._document.experiment.stack.layers),)

    def clipping(self, rows: Sequence[int]) -> Clipping:
        """The layers of those rows in the order of the stack, without the data."""
        paths = outermost([self.path(row) for row in rows if self.layer(row)])
        layers = (self.layer(self.row_of(path)) for path in paths)
        ranges = ranges_of(self._document.experiment, paths)
        return Clipping(tuple(layer for layer in layers if layer), self._identity, paths, ranges)

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
        """Insert or move dragged layers before the one at `to`."""
        try:
            clipping = clipping_of(data)
        except ClippingError as error:
            self.refused.emit(translated(error.message))
            return False
        own = clipping.source == self._identity and all(path in self._row_of_path for path in clipping.paths)
        if own and action == Qt.DropAction.MoveAction:
            first = self._editing.move(clipping.paths, to)
        else:
            first = self._editing.insert(to, copies(clipping.layers), ranges=clipping.ranges)
        if first is None:
            self.refused.emit(self._editing.reason)
            return False
        self.dropped.emit(run(first, len(clipping.layers)))
        return True

    def removeRows(self, row: int, count: int, parent: Index = _NO_INDEX) -> bool:  # noqa: N802
        """Refuse: a drag that moved rows has already removed them, and nothing else may."""
        return False

    @Slot()
    def _reset(self) -> None:
        """Show another experiment, which shares no blocks with the previous one."""
        self.beginResetModel()
        self._folding = Folding()
        self._read(self._items())
        self.endResetModel()

    @Slot()
    def _follow(self) -> None:
        self._folding.follow(self._layer_rows, self._document.rows)
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
        """Apply one operation towards `rows`; row 0 of the model, the data, precedes all of them."""
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
        """Set intermediate rows; blocks are created when they are first shown."""
        self._rows = rows
        self._blocks: dict[int, Block] = {}

    def _read(self, rows: Sequence[Item]) -> None:
        """Read the state of the document; `rows` are its visible rows."""
        self._layer_rows = self._document.rows
        self._show(rows)
        self._row_of_path = {DATA: 0, **{row.path: number for number, row in enumerate(rows, 1)}}
        self._problems: dict[int, list[Problem]] = {}
        for problem in self._document.problems:
            row = self._row_of_problem(problem)
            if row >= 0:
                self._problems.setdefault(row, []).append(problem)

    def _row_of_problem(self, problem: Problem) -> int:
        """The row of a problem: 0 for one of the data or of the whole stack, -1 (no row) for one of the recipe."""
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
        lines += [translated(message("searched: {range}", range=text)) for text in block.ranges]
        lines += [f"⚠ {explained(problem)}" for problem in block.problems]
        lines += block.health.lines() if block.health else ()
        return plain_tip("\n\n".join(lines))
