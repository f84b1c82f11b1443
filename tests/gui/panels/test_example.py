"""An example carries the data that it suits, so that no view can ask a network of other data about it."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from playground.gui.panels.inference_view import InferenceView
from playground.gui.panels.panel import Panel
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.downloads import KMNIST, EMNISTLetters
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.table import Table


class View(InferenceView):
    """Asks what it is told to, about what was made for `data`."""

    data: Dataset | None = None

    @property
    def made_for(self) -> Dataset | None:
        return self.data

    def show_answer(self, answer: object) -> None:
        pass

    def _refresh(self) -> None:
        pass


def test_an_example_is_bound_to_the_data_of_its_panel_or_to_what_it_was_made_for(qtbot: QtBot) -> None:
    view = View()
    qtbot.addWidget(view)
    panel = Panel(view)
    assert panel.example_of(MNIST()) is None
    view.asked.emit("a drawing")
    digit = panel.example_of(MNIST())
    assert digit is not None
    assert panel.example_of(KMNIST()) is digit  # of the same form, so that what is shown of it stays
    letter = panel.example_of(EMNISTLetters())
    assert letter is not None
    assert (letter.content, letter.made_for) == ("a drawing", EMNISTLetters())
    view.data = Table()
    assert panel.example_of(MNIST()).made_for == MNIST()  # what is asked is still the drawing
    view.asked.emit((5.0, 3.5))
    row = panel.example_of(MNIST())  # the document has other data before the panel has another row
    assert row is not None
    assert (row.content, row.made_for) == ((5.0, 3.5), Table())
