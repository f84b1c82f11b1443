"""The panel for tables."""

from __future__ import annotations

from random import randrange

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu

from playground.gui.panels.inference_link import InferenceLink
from playground.gui.panels.panel import Panel, Surroundings
from playground.gui.panels.table.inference import network_input, predict
from playground.gui.panels.table.view import TableView
from playground.gui.session.run_state import RunState
from playground.gui.session.worker_mailbox import TestSample
from playground.gui.style.action import add
from playground.spec.data.dataset import nothing_to_test_with
from playground.spec.datasets.changeable import same_samples
from playground.spec.datasets.table import Table
from playground.spec.number_text import amount_text

_NAME = "table"


class TablePanel(Panel):
    """Keeps the prediction for the current row up to date with the network."""

    network_input = staticmethod(network_input)

    def __init__(self, surroundings: Surroundings) -> None:
        self.shown = TableView(surroundings.window)
        super().__init__(self.shown, self._menu())
        self._document, self._run = surroundings.document, surroundings.run
        self._background = surroundings.background
        link = InferenceLink(
            _NAME, self._document, self._run, surroundings.inference, self.shown, predict, self, records=True
        )
        self._share(link)
        self._follow()
        self.shown.sample_requested.connect(self._pick)
        self._run.test_sample.connect(self._show_sample)
        self._document.changed.connect(self._follow)

    def _menu(self) -> QMenu:
        menu = QMenu(self.tr("&Row"), self.shown)
        add(menu, self.tr("A row of the &test set"), "Ctrl+T").triggered.connect(self.shown.sample_requested)
        return menu

    @Slot()
    def _follow(self) -> None:
        data = self._document.experiment.data
        if isinstance(data, Table):
            self.shown.show_data(data)

    @Slot()
    def _pick(self) -> None:
        """Show a random row of the test set, with its value in the table."""
        data = self._document.experiment.data
        if not isinstance(data, Table) or self._run.state in (RunState.LOADING, RunState.BROKEN):
            return  # two threads must not import torch at the same time
        if not data.known or data.test_count < 1:
            self.shown.explain(nothing_to_test_with())
            return
        self._read(data, randrange(data.test_count), "test")

    @Slot(object)
    def _show_sample(self, sample: TestSample) -> None:
        """Show a sample that was chosen elsewhere."""
        if isinstance(sample.data, Table) and sample.index is not None:
            self._read(sample.data, sample.index, sample.part)

    def _read(self, data: Table, number: int, part: str) -> None:
        job = self._background.do(lambda: _row(data, number, part))
        job.done.connect(self._show)
        job.failed.connect(self.shown.explain)
        self._job = job

    @Slot(object)
    def _show(self, found: tuple[Table, tuple[float, ...], str]) -> None:
        data, values, truth = found
        if same_samples(self._document.experiment.data, data):
            self.shown.show_row(values, truth)


def _row(data: Table, number: int, part: str) -> tuple[Table, tuple[float, ...], str]:
    """A row of a part of the table, and its target as text; called in the background thread."""
    from playground.engine.data.sources.table import row_of

    values, target = row_of(data, number, part)
    column = data.target_column
    return data, values, column.categories[int(target)] if column.kind == "category" else amount_text(target)
