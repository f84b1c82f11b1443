"""The panel for students of a trained network: both networks classify the drawing."""

from __future__ import annotations

from playground.gui.panels.digits.inference import network_input
from playground.gui.panels.distillation.inference import DistillationInference
from playground.gui.panels.distillation.view import DistillationView
from playground.gui.panels.pad.pad_panel import PadPanel
from playground.gui.panels.panel import Surroundings
from playground.gui.session.worker_mailbox import TestSample


class DistillationPanel(PadPanel):
    """A pad, and the answers of teacher and student."""

    network_input = staticmethod(network_input)

    def __init__(self, surroundings: Surroundings) -> None:
        self.view = DistillationView(surroundings.background, surroundings.window)
        super().__init__("distillation", self.view, DistillationInference(), surroundings)

    def put(self, sample: TestSample) -> None:
        self.view.show_digit(sample.inputs[0], int(sample.target))
