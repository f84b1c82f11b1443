"""A document with a small convolutional network, and the view that shows it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from playground.gui.session.document import Document
from playground.gui.stack.view import StackView
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.pooling import MaxPool2d
from playground.spec.layers.shape import Flatten
from tests.gui.stack.containers import drawn


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    """Conv2d, ReLU, MaxPool2d, Flatten, Linear 10: nothing wrong with it."""
    layers = (Conv2d(out_channels=8), ReLU(), MaxPool2d(), Flatten(), Linear(out_features=10))
    return Document(Experiment(stack=Stack(layers=layers)))


@pytest.fixture
def view(qtbot: QtBot, document: Document) -> StackView:
    """The stack view, shown and with the keyboard."""
    made = StackView(document)
    qtbot.addWidget(made)
    made.resize(860, 600)
    with qtbot.waitExposed(made):
        made.show()
    made.setFocus()
    return made


@pytest.fixture
def names(document: Document) -> Callable[[], list[str]]:
    """Tells the labels of the layers in the document as they are now."""
    return lambda: [layer.label for layer in document.experiment.stack.layers]


@pytest.fixture
def letters(document: Document) -> Callable[[], str]:
    """Tells the layers in the document as letters, containers in brackets."""
    return lambda: drawn(document.experiment.stack.layers)
