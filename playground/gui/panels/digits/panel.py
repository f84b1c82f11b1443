"""The panel for data sets of digits: drawings are classified while they are drawn."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Slot

from playground.gui.panels.data_link import DataLink
from playground.gui.panels.digits.inference import network_input, read
from playground.gui.panels.digits.view import DigitsView
from playground.gui.panels.pad.pad_panel import PadPanel
from playground.gui.panels.panel import Surroundings
from playground.gui.session.inference_request import InferenceFunction
from playground.gui.session.worker_mailbox import TestSample
from playground.gui.style.translation import translated


class DigitsPanel(PadPanel):
    """A pad, and bars with the probabilities of the classes."""

    network_input = staticmethod(network_input)

    def __init__(
        self,
        surroundings: Surroundings,
        drawing: DigitsView | None = None,
        name: str = "digits",
        answer: InferenceFunction = read,
    ) -> None:
        """`name` names the data sets that the panel is for; `answer` takes the questions of `drawing`."""
        self.drawing = drawing or DigitsView(surroundings.background, surroundings.window)
        super().__init__(name, self.drawing, answer, surroundings)
        self.drawing.reader_requested.connect(self.reader_requested)
        self.drawing.keep.triggered.connect(self._keep)
        assert self.menu is not None
        self.menu.addAction(self.drawing.keep)
        self.drawing.wrong.add_to(self.menu)
        self.drawing.wrong.chosen.connect(self._correct)
        self.drawing.wrong.list_requested.connect(self.corrections_requested)
        self.drawing.wrong.learn_requested.connect(self.learn_requested)
        DataLink(name, surroundings.document, self.show_data, self)

    def put(self, sample: TestSample) -> None:
        self.drawing.show_digit(sample.inputs[0], int(sample.target))

    @Slot()
    def _keep(self) -> None:
        """Offer the drawing to the collection, with the label of a sample of the test set."""
        drawing = self.drawing.pad.drawing
        label = "" if drawing.label is None else self.drawing.name_of(drawing.label)
        self.keep_requested.emit(drawing, label)

    @Slot(int)
    def _correct(self, number: int) -> None:
        """Pass on the class that the drawing on the pad really has."""
        picture = self.drawing.pad.picture()
        if picture is not None:
            self.correct_requested.emit(picture, number)

    def show_data(self, data: Any) -> None:
        """Show the classes of the current data."""
        self.drawing.set_classes(tuple(map(translated, data.class_names)), translated(data.prompt))
