"""The panel for data sets of text whose next character is predicted: the network generates text."""

from __future__ import annotations

from playground.gui.panels.data_link import DataLink
from playground.gui.panels.inference_link import InferenceLink
from playground.gui.panels.panel import Panel, Surroundings
from playground.gui.panels.writing.inference import network_input, steps, write
from playground.gui.panels.writing.view import WritingView
from playground.gui.session.inference_request import Priority
from playground.spec.datasets.text import Text


class WritingPanel(Panel):
    """A prompt, and the text that the network generates from it."""

    network_input = staticmethod(network_input)
    steps = staticmethod(steps)

    def __init__(self, surroundings: Surroundings) -> None:
        self.writing = WritingView(surroundings.window)
        super().__init__(self.writing)
        self._default: str | None = None  # the default prompt of the data
        document, run, inference = surroundings.document, surroundings.run, surroundings.inference
        InferenceLink("writing", document, run, inference, self.writing, write, self, priority=Priority.BACKGROUND)
        DataLink("writing", document, self._show_data, self)

    def _show_data(self, data: Text) -> None:
        """Start with the default prompt of new data, unless the user has typed one."""
        if data.prompt == self._default:
            return
        untouched = self._default is None or self.writing.prompt.text() == self._default
        self._default = data.prompt
        if untouched:
            self.writing.set_prompt(data.prompt)
        self.writing.begin()
