"""Reads two runs, or two groups of runs, in the background, and shows them side by side."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from playground.gui.runs.comparison_view import ComparisonView
from playground.gui.runs.model import RunsModel
from playground.gui.runs.reading import Comparison, GroupComparison, RunReader
from playground.gui.session.background import Background


class SideBySide(QObject):
    """Fills a view with what was requested last."""

    shown = Signal()  # the view has its contents
    failed = Signal(object)  # Message

    def __init__(self, runs: RunsModel, view: ComparisonView, background: Background) -> None:
        super().__init__(view)
        self._runs, self._view, self._background = runs, view, background
        self.reader: RunReader | None = None
        self._wanted = ("", "")  # ids of two runs, or names of two groups

    @Slot(str, str)
    def compare_runs(self, a: str, b: str) -> None:
        """Show two runs, named by their ids."""
        if (reader := self.reader) is not None:
            self._wanted = (a, b)
            job = self._background.do(lambda: reader.compare(a, (b,)))
            job.done.connect(self._show_runs)
            job.failed.connect(self.failed)

    @Slot(str, str)
    def compare_groups(self, a: str, b: str) -> None:
        """Show two groups, named by their names."""
        if (reader := self.reader) is not None:
            self._wanted = (a, b)
            job = self._background.do(lambda: reader.compare_groups(a, b))
            job.done.connect(self._show_groups)
            job.failed.connect(self.failed)

    @Slot(object)
    def _show_runs(self, comparison: Comparison) -> None:
        for problem in comparison.problems.values():
            self.failed.emit(problem)
            return
        numbers = [self._runs.number_of(run_id) for run_id in self._wanted]
        if comparison.reference == self._wanted[0] and None not in numbers:
            a, b = (self._runs.row(number) for number in numbers if number is not None)
            colors = self._runs.color(a.run_id), self._runs.color(b.run_id)
            self._view.show_runs(a, b, comparison.found.get(b.run_id, ()), colors)
            self.shown.emit()

    @Slot(object)
    def _show_groups(self, comparison: GroupComparison) -> None:
        if (comparison.a.side.name, comparison.b.side.name) == self._wanted:
            self._view.show_groups(comparison)
            self.shown.emit()
