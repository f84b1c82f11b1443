"""The base of the panels with a pad: their menu, their questions, and the samples of the test set."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu

from playground.gui.panels.inference_link import InferenceLink
from playground.gui.panels.pad.pad_view import PadView
from playground.gui.panels.pad.raster import Grey
from playground.gui.panels.panel import Panel, Surroundings
from playground.gui.session.inference_request import InferenceFunction
from playground.gui.session.worker_mailbox import TestSample
from playground.gui.style.action import add
from playground.gui.style.translation import translated
from playground.spec.messages import tr_noop


class PadPanel(Panel):
    """Keeps the answer about the drawing up to date with the network."""

    takes_changes = True
    runs_once: ClassVar[bool] = True  # an answer comes from one run of the network, without a pause

    def __init__(self, name: str, view: PadView, answer: InferenceFunction, surroundings: Surroundings) -> None:
        """`name` names the data sets that the panel is for, see `Dataset.panel`."""
        super().__init__(view, _menu(view))
        self._name, self._run, self._view = name, surroundings.run, view
        document, inference, records = surroundings.document, surroundings.inference, self.runs_once
        link = InferenceLink(name, document, self._run, inference, view, answer, self, records=records)
        if records:
            self._share(link)
        view.pad.exchange.taken.connect(self.taken)
        view.test_requested.connect(self._run.pick_test_sample)
        self._run.test_sample.connect(self._show_sample)
        if view.why is not None:
            view.why.requested.connect(self.why_requested)

    @abstractmethod
    def put(self, sample: TestSample) -> None:
        """Put a sample of the test set onto the pad."""

    def show_changed(self, picture: Grey) -> None:
        self._view.show_changed(picture)

    @Slot(object)
    def _show_sample(self, sample: TestSample) -> None:
        if sample.data.panel == self._name:
            self.put(sample)


def _menu(view: PadView) -> QMenu:
    menu = QMenu(translated(tr_noop("D&rawing")), view)
    menu.addActions((view.pad.commands.undo, view.pad.commands.clear))
    sample = add(menu, translated(tr_noop("One from the &test set")), "Ctrl+T")
    sample.triggered.connect(view.test_requested)
    if view.why is not None:
        view.why.add_to(menu)
    return menu
