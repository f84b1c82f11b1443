"""All layers under the headings of their sections, as a Qt model with a search."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt

from playground.gui.stack.clipboard import MIME, Clipping, mime_of
from playground.gui.stack.layer_search import ranked
from playground.gui.style.translation import translated
from playground.spec.check.insertion_points import InsertionPoint
from playground.spec.layer import Layer, Section, Shape
from playground.spec.messages import Message

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()


class PaletteRole(IntEnum):
    """Data of a row in addition to Qt's own roles."""

    MEMBER = Qt.ItemDataRole.UserRole + 1  # the layer's class; None for a heading
    FITS = Qt.ItemDataRole.UserRole + 2  # whether the layer fits where it would be inserted


class PaletteModel(QAbstractListModel):
    """Rows are section headings, which cannot be selected, and layers; during a search only layers."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._members = Layer.members()
        self._point: InsertionPoint | None = None
        self._refusals: dict[type[Layer], Message | None] = {}  # cache, because painting looks them up often
        self._data: Shape | None = None
        self._query = ""
        self._rows: list[Section | type[Layer]] = []
        self.search("")

    def search(self, query: str) -> None:
        """Show the layers that match `query`, best first; for an empty query, all layers in sections."""
        self.beginResetModel()
        self._query = query
        self._rows = list(ranked(self._members, query)) if query.strip() else self._sections()
        self.endResetModel()

    def show_fitting(self, point: InsertionPoint) -> None:
        """Distinguish the layers that do not fit at `point`, where one would be inserted now."""
        before, self._point = self._point, point
        if before is None or (point.shape, point.language) != (before.shape, before.language):
            self._refusals.clear()
            self.dataChanged.emit(self.index(0), self.index(self.rowCount() - 1))

    def show_suiting(self, data: Shape) -> None:
        """Show the sections first whose layers are made for data of that shape."""
        suiting = None if self._data is None else [section.suits(self._data) for section in Section]
        self._data = data
        if suiting != [section.suits(data) for section in Section]:
            self.search(self._query)

    def member(self, row: int) -> type[Layer] | None:
        """The layer class of a row; None for a heading or beyond the end."""
        item = self._rows[row] if 0 <= row < len(self._rows) else None
        return None if isinstance(item, Section) else item

    def made(self, row: int) -> Layer | None:
        """A new layer of that row, in a language model a causal one; None for a heading."""
        member = self.member(row)
        return None if member is None else self._new(member)

    def neighbour(self, row: int, step: int) -> int:
        """The next row with a layer, in steps of `step` rows from `row`; -1 if there is none."""
        row += step
        while 0 <= row < len(self._rows):
            if self.member(row) is not None:
                return row
            row += step
        return -1

    def rowCount(self, parent: Index = _NO_INDEX) -> int:  # noqa: N802  Qt's name
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        item = self._rows[index.row()]
        if isinstance(item, Section):
            return translated(item) if role == Qt.ItemDataRole.DisplayRole else None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return translated(item.label)
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleDescriptionRole:
                return "\n\n".join(filter(None, (translated(item.help), self._reason(item))))
            case PaletteRole.MEMBER:
                return item
            case PaletteRole.FITS:
                return self._refusal(item) is None
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        never = Qt.ItemFlag.ItemNeverHasChildren
        if self.member(index.row()) is None:
            return never
        return never | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled

    def supportedDragActions(self) -> Qt.DropAction:  # noqa: N802
        return Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:  # noqa: N802
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802
        layers = [self.made(index.row()) for index in indexes]
        return mime_of(Clipping(tuple(layer for layer in layers if layer is not None)))

    def _sections(self) -> list[Section | type[Layer]]:
        rows: list[Section | type[Layer]] = []
        data = self._data
        for section in sorted(Section, key=lambda section: data is not None and not section.suits(data)):
            members = sorted(
                (item for item in self._members if item.section is section), key=lambda item: item.sort_order
            )
            rows.extend((section, *members) if members else ())
        return rows

    def _new(self, member: type[Layer]) -> Layer:
        return member().as_causal() if self._point is not None and self._point.language else member()

    def _refusal(self, member: type[Layer]) -> Message | None:
        if self._point is not None and member not in self._refusals:
            self._refusals[member] = self._point.refusal(self._new(member))
        return self._refusals.get(member)

    def _reason(self, member: type[Layer]) -> str:
        """The reason why it does not fit at the insertion point, and where it would; empty if it fits."""
        refusal = self._refusal(member)
        if refusal is None or self._point is None:
            return ""
        path = self._point.nearest(self._new(member))
        if path is None:
            return self.tr("It does not fit here: {0}").format(translated(refusal))
        later, neighbour = self._point.direction(path)
        words = self.tr("Drop it behind {0}.") if later else self.tr("Drop it before {0}.")
        hint = words.format(translated(neighbour.label))
        return self.tr("It does not fit here: {0} {1}").format(translated(refusal), hint)
