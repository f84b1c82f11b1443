"""The panel for networks that reconstruct digits: drawing, reconstruction, and decoding of the latent space."""

from __future__ import annotations

from playground.gui.panels.pad.pad_panel import PadPanel
from playground.gui.panels.panel import Surroundings
from playground.gui.panels.reconstruction.inference import ReconstructionInference, network_input
from playground.gui.panels.reconstruction.view import ReconstructionView
from playground.gui.session.worker_mailbox import TestSample


class ReconstructionPanel(PadPanel):
    """A pad, the reconstruction, and the plane or the sliders of the bottleneck."""

    network_input = staticmethod(network_input)
    runs_once = False

    def __init__(self, surroundings: Surroundings) -> None:
        self.view = ReconstructionView(surroundings.background, surroundings.window)
        super().__init__("reconstruction", self.view, ReconstructionInference(), surroundings)
        self.view.asked.emit(self.view.request())  # the plane can be decoded before anything is drawn

    def put(self, sample: TestSample) -> None:
        self.view.show_digit(sample.inputs[0])
