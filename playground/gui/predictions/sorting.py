"""Sorts the table of predictions by real values."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSortFilterProxyModel

from playground.gui.predictions.model import SORTING, Index, PredictionsModel


class SortedPredictions(QSortFilterProxyModel):
    """The predictions in the order of a column; at first in that of their files."""

    def __init__(self, predictions: PredictionsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setSourceModel(predictions)

    def lessThan(self, left: Index, right: Index) -> bool:  # noqa: N802  Qt's name
        one, other = self.sourceModel().data(left, SORTING), self.sourceModel().data(right, SORTING)
        return bool(one < other)
