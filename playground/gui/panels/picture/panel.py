"""The panel for data sets of photographs, clothes and the user's own pictures."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu

from playground.gui.panels.data_link import DataLink
from playground.gui.panels.inference_link import InferenceLink
from playground.gui.panels.panel import Panel, Surroundings
from playground.gui.panels.picture.inference import network_input, recognise
from playground.gui.panels.picture.view import PictureView
from playground.gui.session.worker_mailbox import TestSample
from playground.gui.style.action import add

_NAME = "picture"


class PicturePanel(Panel):
    """Keeps the classification of the shown picture up to date with the network."""

    network_input = staticmethod(network_input)

    def __init__(self, surroundings: Surroundings) -> None:
        self.shown = PictureView(surroundings.background, surroundings.window)
        super().__init__(self.shown, self._menu())
        document, run, inference = surroundings.document, surroundings.run, surroundings.inference
        self._share(InferenceLink(_NAME, document, run, inference, self.shown, recognise, self, records=True))
        DataLink(_NAME, document, self.shown.show_data, self)
        self.shown.taken.connect(self.taken)
        self.shown.sample_requested.connect(run.pick_test_sample)
        run.test_sample.connect(self._show_sample)
        self.shown.why.requested.connect(self.why_requested)

    def _menu(self) -> QMenu:
        shown = self.shown
        menu = QMenu(self.tr("&Picture"), shown)
        add(menu, self.tr("&Open a picture…"), "Ctrl+Shift+O").triggered.connect(shown.choose)
        add(menu, self.tr("&Paste a picture"), "Ctrl+Shift+V").triggered.connect(shown.paste)
        add(menu, self.tr("One from the &test set"), "Ctrl+T").triggered.connect(shown.sample_requested)
        shown.why.add_to(menu)
        return menu

    @Slot(object)
    def _show_sample(self, sample: TestSample) -> None:
        if sample.data.panel == _NAME:
            picture = np.rint(sample.inputs * 255).astype(np.uint8)
            self.shown.show_sample(picture, int(sample.target))
