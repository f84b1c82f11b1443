"""The panel for labelled texts."""

from __future__ import annotations

from playground.gui.panels.inference_link import InferenceLink
from playground.gui.panels.labelled.inference import classify, network_input
from playground.gui.panels.labelled.view import LabelledView
from playground.gui.panels.panel import Surroundings
from playground.gui.panels.sample_panel import LabelledSample, SamplePanel
from playground.spec.datasets.labelled import LabelledTexts

_NAME = "labelled"


class LabelledPanel(SamplePanel[LabelledTexts]):
    """Keeps the answer to the current text up to date with the network."""

    network_input = staticmethod(network_input)

    def __init__(self, surroundings: Surroundings) -> None:
        self.shown = LabelledView(surroundings.window)
        menu = self.tr("&Text"), self.tr("A text of the &test set")
        super().__init__(_NAME, self.shown, menu, surroundings)
        document, run, inference = surroundings.document, surroundings.run, surroundings.inference
        InferenceLink(_NAME, document, run, inference, self.shown, classify, self)

    def show_data(self, data: LabelledTexts) -> None:
        self.shown.show_data(data)

    def put(self, sample: LabelledSample) -> None:
        self.shown.show_sample(*sample)

    @staticmethod
    def read(data: LabelledTexts, number: int, part: str) -> LabelledSample:
        from playground.engine.data.sources.labelled import text_of

        return LabelledSample(*text_of(data, number, part))
