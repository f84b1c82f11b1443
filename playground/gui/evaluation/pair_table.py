"""The classes that are confused most often as a list, where there are too many for a matrix."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from playground.engine.evaluation.class_figures import ConfusedPair, Counts
from playground.spec.number_text import percent_text


class PairTable(QTableWidget):
    """True class, answer, how often, and the share of the true class."""

    picked = Signal(int, int)  # the true class and the answer

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 4, parent)
        self._pairs: tuple[ConfusedPair, ...] = ()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(22)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setFrameShape(QTableWidget.Shape.NoFrame)
        self.setAccessibleName(self.tr("Classes that are confused most often"))
        self.currentCellChanged.connect(self._tell)

    def show_pairs(self, pairs: Sequence[ConfusedPair], names: Sequence[str], support: Counts, counted: str) -> None:
        """Show pairs of different classes, the commonest first; `counted` is the plural noun for what is counted."""
        self.setHorizontalHeaderLabels([self.tr("true"), self.tr("answered"), counted, self.tr("share")])
        row = self.currentRow()
        self.blockSignals(True)
        self._pairs = tuple(pairs)
        self.setRowCount(len(pairs))
        for number, pair in enumerate(pairs):
            share = percent_text(pair.times / max(1, int(support[pair.true])), 1)
            for column, text in enumerate((names[pair.true], names[pair.predicted], f"{pair.times:,}", share)):
                item = QTableWidgetItem(text)
                item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
                self.setItem(number, column, item)
        if 0 <= row < len(pairs):
            self.setCurrentCell(row, 0)
        self.blockSignals(False)

    @Slot()
    def _tell(self) -> None:
        if 0 <= self.currentRow() < len(self._pairs):
            pair = self._pairs[self.currentRow()]
            self.picked.emit(pair.true, pair.predicted)
