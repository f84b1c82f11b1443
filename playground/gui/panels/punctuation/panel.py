"""The panel for data sets whose capitals and punctuation are restored: the text is restored while it is typed."""

from __future__ import annotations

from playground.gui.panels.data_link import DataLink
from playground.gui.panels.inference_link import InferenceLink
from playground.gui.panels.panel import Panel, Surroundings
from playground.gui.panels.punctuation.inference import network_input, restore
from playground.gui.panels.punctuation.view import PunctuationView
from playground.spec.datasets.text import Text


class PunctuationPanel(Panel):
    """A text, and its restoration by the network."""

    network_input = staticmethod(network_input)

    def __init__(self, surroundings: Surroundings) -> None:
        self.restoring = PunctuationView(surroundings.window)
        super().__init__(self.restoring)
        self._default: str | None = None  # the default text of the data
        document, run, inference = surroundings.document, surroundings.run, surroundings.inference
        InferenceLink("punctuation", document, run, inference, self.restoring, restore, self)
        DataLink("punctuation", document, self._show_data, self)

    def _show_data(self, data: Text) -> None:
        """Show the default text of new data, unless the user has typed one."""
        if data.line == self._default:
            return
        if self._default is None or self.restoring.text.toPlainText() == self._default:
            self.restoring.set_text(data.line)
        self._default = data.line
