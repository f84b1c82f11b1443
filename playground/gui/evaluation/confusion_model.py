"""The confusion matrix and the figures of each class as one table of a view."""

from __future__ import annotations

from math import isnan
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from playground.engine.evaluation.class_figures import row_shares
from playground.engine.evaluation.figures import ClassTables
from playground.spec.number_text import NO_FIGURE, percent_text

Index = QModelIndex | QPersistentModelIndex
SHARE = Qt.ItemDataRole.UserRole  # the share of its row, 0 to 1, NaN in an empty row; None for a figure
CORRECT = Qt.ItemDataRole.UserRole + 1  # whether a cell is on the diagonal
ONE_DECIMAL = 1


class ConfusionModel(QAbstractTableModel):
    """Rows are true classes; columns the answers, then recall, precision, F1, IoU if shown, and support."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tables: ClassTables | None = None
        self._names: tuple[str, ...] = ()
        self._counted = ""
        self._order: tuple[int, ...] = ()
        self._shares_shown = self._has_iou = False
        self._shares: Any = None

    def show(
        self, tables: ClassTables, names: tuple[str, ...], counted: str, *, similar: bool, shares: bool, iou: bool
    ) -> None:
        """Show a matrix; `similar`: classes ordered by similarity; `shares`: of a row in place of counts.

        counted: the plural noun for what is counted.
        """
        order = tables.order if similar else tuple(range(len(names)))
        same = self._tables is not None and (self._names, self._order, self._has_iou) == (names, order, iou)
        if not same:
            self.beginResetModel()
        self._tables, self._names, self._order, self._counted = tables, names, order, counted
        self._shares_shown, self._has_iou, self._shares = shares, iou, row_shares(tables.confusion)
        if same:
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))
        else:
            self.endResetModel()

    @property
    def classes(self) -> int:
        """The number of classes."""
        return len(self._order)

    @property
    def largest(self) -> int:
        """The largest count."""
        return int(self._tables.confusion.max(initial=0)) if self._tables is not None else 0

    def pair(self, index: Index) -> tuple[int, int] | None:
        """The true class and the answer of a cell; None for a figure."""
        if not index.isValid() or index.column() >= self.classes:
            return None
        return self._order[index.row()], self._order[index.column()]

    def index_of(self, true: int, predicted: int) -> QModelIndex:
        """The cell of a pair of classes."""
        return self.index(self._order.index(true), self._order.index(predicted))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  Qt's name and default
        return 0 if parent.isValid() else self.classes

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() or not self.classes else self.classes + 4 + self._has_iou

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._tables is None or not index.isValid():
            return None
        pair = self.pair(index)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignCenter
        if pair is None:
            return self._figure(index) if role == Qt.ItemDataRole.DisplayRole else None
        count, share = int(self._tables.confusion[pair]), float(self._shares[pair])
        if role == Qt.ItemDataRole.DisplayRole:
            return "" if not count else percent_text(share, ONE_DECIMAL) if self._shares_shown else f"{count:,}"
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            words = self.tr("{0} answered as {1}: {2} {3}, {4} of its row")
            share_text = percent_text(share, ONE_DECIMAL)
            return words.format(*(self._names[item] for item in pair), f"{count:,}", self._counted, share_text)
        return {SHARE: share, CORRECT: pair[0] == pair[1]}.get(Qt.ItemDataRole(role)) if role >= SHARE else None

    def headerData(  # noqa: N802  Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole) or not self.classes:
            return None
        if section < self.classes:
            return self._names[self._order[section]]
        if orientation != Qt.Orientation.Horizontal:
            return None
        titles = self._titles()
        if role == Qt.ItemDataRole.ToolTipRole and section == self.classes + len(titles) - 1:
            return self.tr("support: {0} of the class").format(self._counted)
        return titles[section - self.classes]

    def _titles(self) -> list[str]:
        iou = [self.tr("IoU")] if self._has_iou else []
        return [self.tr("recall"), self.tr("precision"), self.tr("F1"), *iou, self.tr("support")]

    def _figure(self, index: Index) -> str:
        assert self._tables is not None
        number, column = self._order[index.row()], index.column() - self.classes
        figures = self._tables.per_class
        iou = [figures.iou] if self._has_iou else []
        columns = [figures.recall, figures.precision, figures.f1, *iou]
        if column == len(columns):
            return f"{int(figures.support[number]):,}"
        value = float(columns[column][number])
        return NO_FIGURE if isnan(value) else percent_text(value, ONE_DECIMAL)
