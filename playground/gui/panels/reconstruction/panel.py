"""The panel for networks that repaint digits: draws, paints again, and paints from the bottleneck."""

from __future__ import annotations

from playground.gui.panels.pad.pad_panel import PadPanel
from playground.gui.panels.panel import Surroundings
from playground.gui.panels.reconstruction.inference import ReconstructionInference
from playground.gui.panels.reconstruction.view import ReconstructionView
from playground.gui.session.worker_mailbox import TestSample


class ReconstructionPanel(PadPanel):
    """A pad, what the network paints of it, and the plane or the sliders of its bottleneck."""

    def __init__(self, surroundings: Surroundings) -> None:
        self.view = ReconstructionView(surroundings.background, surroundings.window)
        super().__init__("reconstruction", self.view, ReconstructionInference(), surroundings)
        self.view.asked.emit(self.view.wish())  # the plane can be painted before anything is drawn

    def put(self, sample: TestSample) -> None:
        self.view.show_digit(sample.inputs[0])
