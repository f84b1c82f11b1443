"""Compares all runs of a table with the selected one, in the background and a few at a time."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from playground.gui.runs.model import RUN_ID, RunsModel
from playground.gui.runs.reading import Comparison, RunReader
from playground.gui.runs.table_view import RunsTable
from playground.gui.session.background import Background

_PORTION = 50  # runs that are compared in one job, so that those of a new selection do not wait long
_SETTLE = 80  # milliseconds after which a new selection is compared with all runs


class Comparing(QObject):
    """Keeps the differences in a model up to date with the selection; without one, the current run counts."""

    failed = Signal(object)  # Message

    def __init__(self, runs: RunsModel, table: RunsTable, background: Background) -> None:
        super().__init__(table)
        self._runs, self._table, self._background = runs, table, background
        self._reader: RunReader | None = None
        self._asked = 0  # comparisons so far: the results of earlier ones are dropped
        self._waiting: list[str] = []  # ids of the runs still to compare
        self._reference = ""
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(_SETTLE)
        self._settling.timeout.connect(self._compare_all)
        table.selected.connect(self.follow)

    def set_reader(self, reader: RunReader | None) -> None:
        """Read the experiments of another store from now on."""
        self._reader, self._waiting, self._reference = reader, [], ""
        self._asked += 1
        self._runs.forget_comparison()

    @Slot()
    def follow(self) -> None:
        """Compare again soon: the rows, the selection or the current run are others."""
        self._settling.start()

    @Slot()
    def _compare_all(self) -> None:
        selected, table = self._table.selected_ids, self._table
        reference = selected[0] if selected else self._runs.current
        if reference != self._reference:
            self._runs.forget_comparison()
        self._reference = reference
        self._asked += 1
        ids = [str(table.sorted.index(row, 0).data(RUN_ID)) for row in range(table.sorted.rowCount())]
        top = max(table.rowAt(0), 0)
        known = self._runs.compared_with(reference)  # experiments of stored runs do not change
        compared = self._runs.number_of(reference) is not None
        self._waiting = [run_id for run_id in ids[top:] + ids[:top] if run_id not in known] if compared else []
        self._compare_some()

    def _compare_some(self) -> None:
        reader, reference, asked = self._reader, self._reference, self._asked
        portion, self._waiting = self._waiting[:_PORTION], self._waiting[_PORTION:]
        if portion and reader is not None:
            job = self._background.do(lambda: (asked, reader.compare(reference, portion)))
            job.done.connect(self._show)
            job.failed.connect(self.failed)

    @Slot(object)
    def _show(self, result: tuple[int, Comparison]) -> None:
        asked, comparison = result
        if asked == self._asked:
            self._runs.show_comparison(comparison)
            self._compare_some()
