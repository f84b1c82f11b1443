"""The panel for networks trained on a collection of one's own drawings."""

from __future__ import annotations

import numpy as np

from playground.gui.panels.digits.panel import DigitsPanel
from playground.gui.panels.panel import Surroundings
from playground.gui.panels.picture.inference import network_input, recognise
from playground.gui.panels.sign.view import SignView
from playground.gui.session.worker_mailbox import TestSample
from playground.spec.datasets.picture_folder import OwnPictures

_NAME = "sign"


class SignPanel(DigitsPanel):
    """A pad, and bars with the probabilities of the collection's labels."""

    network_input = staticmethod(network_input)  # type: ignore[assignment]  # its questions are pictures of bytes

    def __init__(self, surroundings: Surroundings) -> None:
        self.sign = SignView(surroundings.background, surroundings.window)
        super().__init__(surroundings, self.sign, _NAME, recognise)

    def put(self, sample: TestSample) -> None:
        self.sign.show_sample(np.rint(sample.inputs * 255).astype(np.uint8), int(sample.target))

    def show_data(self, data: OwnPictures) -> None:
        """Show the labels of the current collection, and prepare drawings as for its network."""
        self.sign.show_data(data)
