"""The panel for tables."""

from __future__ import annotations

from playground.gui.panels.inference_link import InferenceLink
from playground.gui.panels.panel import Surroundings
from playground.gui.panels.sample_panel import LabelledSample, SamplePanel
from playground.gui.panels.table.inference import network_input, predict
from playground.gui.panels.table.view import TableView
from playground.spec.datasets.table import Table
from playground.spec.number_text import amount_text

_NAME = "table"


class TablePanel(SamplePanel[Table]):
    """Keeps the prediction for the current row up to date with the network."""

    network_input = staticmethod(network_input)

    def __init__(self, surroundings: Surroundings) -> None:
        self.shown = TableView(surroundings.window)
        menu = self.tr("&Row"), self.tr("A row of the &test set")
        super().__init__(_NAME, self.shown, menu, surroundings)
        document, run, inference = surroundings.document, surroundings.run, surroundings.inference
        self._share(InferenceLink(_NAME, document, run, inference, self.shown, predict, self, records=True))

    def show_data(self, data: Table) -> None:
        self.shown.show_data(data)

    def put(self, sample: LabelledSample) -> None:
        self.shown.show_row(*sample)

    @staticmethod
    def read(data: Table, number: int, part: str) -> LabelledSample:
        from playground.engine.data.sources.table import row_of

        values, target = row_of(data, number, part)
        column = data.target_column
        words = column.categories[int(target)] if column.kind == "category" else amount_text(target)
        return LabelledSample(values, words)
