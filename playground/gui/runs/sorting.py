"""Sorts the table of runs by real values, and keeps the runs that the search finds."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSortFilterProxyModel, Qt

from playground.gui.runs.columns import Column
from playground.gui.runs.model import Index, RunsModel


class SortedRuns(QSortFilterProxyModel):
    """The runs that contain every typed word, sorted.

    In both directions, figures of the test come before those of validation, and runs without a value come last.
    """

    def __init__(self, runs: RunsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._typed: list[str] = []
        self.setSourceModel(runs)
        self.setDynamicSortFilter(True)

    def search(self, text: str) -> None:
        """Keep the runs that contain all these words in name, data, note, group or id."""
        self._typed = text.lower().split()
        self.invalidate()

    def filterAcceptsRow(self, row: int, _parent: Index) -> bool:  # noqa: N802  Qt's name
        return not self._typed or all(word in self._runs.words(row) for word in self._typed)

    def lessThan(self, left: Index, right: Index) -> bool:  # noqa: N802  Qt's name
        column = Column(left.column())
        ranks = [self._runs.rank(index.row(), column) for index in (left, right)]
        if ranks[0] != ranks[1]:
            descending = self.sortOrder() is Qt.SortOrder.DescendingOrder  # Qt then asks the other way round
            return ranks[0] > ranks[1] if descending else ranks[0] < ranks[1]
        one, other = self._runs.key(left.row(), column), self._runs.key(right.row(), column)
        if one is None or other is None:
            return False
        return bool(one < other)  # type: ignore[operator]  # the keys of one column are of one type
