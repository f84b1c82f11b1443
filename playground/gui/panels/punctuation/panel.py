"""The panel for texts whose case and punctuation are asked: a line is restored as it is typed."""

from __future__ import annotations

from PySide6.QtCore import Slot

from playground.gui.panels.inference_link import InferenceLink
from playground.gui.panels.panel import Panel, Surroundings
from playground.gui.panels.punctuation.inference import restore
from playground.gui.panels.punctuation.view import PunctuationView
from playground.spec.datasets.text import Text
from playground.spec.experiment import Experiment


class PunctuationPanel(Panel):
    """A text and what the network makes of it."""

    def __init__(self, surroundings: Surroundings) -> None:
        self.restoring = PunctuationView(surroundings.window)
        super().__init__(self.restoring)
        self._usual: str | None = None  # the text that belongs to the data
        document, run, inference = surroundings.document, surroundings.run, surroundings.inference
        InferenceLink("punctuation", document, run, inference, self.restoring, restore, self)
        surroundings.document.changed.connect(self._follow)
        self._follow(surroundings.document.experiment)

    @Slot(object)
    def _follow(self, experiment: Experiment) -> None:
        """Begin with the usual text of other data, unless a person wrote one."""
        data = experiment.data
        if not isinstance(data, Text) or data.asked != "restore" or data.line == self._usual:
            return
        if self._usual is None or self.restoring.text.toPlainText() == self._usual:
            self.restoring.set_text(data.line)
        self._usual = data.line
