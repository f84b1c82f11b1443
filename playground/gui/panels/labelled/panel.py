"""The panel for labelled texts."""

from __future__ import annotations

from random import randrange

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu

from playground.gui.panels.inference_link import InferenceLink
from playground.gui.panels.labelled.inference import classify, network_input
from playground.gui.panels.labelled.view import LabelledView
from playground.gui.panels.panel import Panel, Surroundings
from playground.gui.session.run_state import RunState
from playground.gui.session.worker_mailbox import TestSample
from playground.gui.style.action import add
from playground.spec.data.dataset import nothing_to_test_with
from playground.spec.datasets.changeable import same_samples
from playground.spec.datasets.labelled import LabelledTexts

_NAME = "labelled"


class LabelledPanel(Panel):
    """Keeps the answer to the current text up to date with the network."""

    network_input = staticmethod(network_input)

    def __init__(self, surroundings: Surroundings) -> None:
        self.shown = LabelledView(surroundings.window)
        super().__init__(self.shown, self._menu())
        self._document, self._run = surroundings.document, surroundings.run
        self._background = surroundings.background
        InferenceLink(_NAME, self._document, self._run, surroundings.inference, self.shown, classify, self)
        self._follow()
        self.shown.sample_requested.connect(self._pick)
        self._run.test_sample.connect(self._show_sample)
        self._document.changed.connect(self._follow)

    def _menu(self) -> QMenu:
        menu = QMenu(self.tr("&Text"), self.shown)
        add(menu, self.tr("A text of the &test set"), "Ctrl+T").triggered.connect(self.shown.sample_requested)
        return menu

    @Slot()
    def _follow(self) -> None:
        data = self._document.experiment.data
        if isinstance(data, LabelledTexts):
            self.shown.show_data(data)

    @Slot()
    def _pick(self) -> None:
        """Show a random text of the test set, with its label."""
        data = self._document.experiment.data
        if not isinstance(data, LabelledTexts) or self._run.state in (RunState.LOADING, RunState.BROKEN):
            return  # two threads must not import torch at the same time
        if not data.known or data.used < 1:
            self.shown.explain(nothing_to_test_with())
            return
        self._read(data, randrange(data.test_count), "test")

    @Slot(object)
    def _show_sample(self, sample: TestSample) -> None:
        """Show a sample that was chosen elsewhere."""
        if isinstance(sample.data, LabelledTexts) and sample.index is not None:
            self._read(sample.data, sample.index, sample.part)

    def _read(self, data: LabelledTexts, number: int, part: str) -> None:
        job = self._background.do(lambda: _sample(data, number, part))
        job.done.connect(self._show)
        job.failed.connect(self.shown.explain)
        self._job = job

    @Slot(object)
    def _show(self, found: tuple[LabelledTexts, str, str]) -> None:
        data, text, label = found
        if same_samples(self._document.experiment.data, data):
            self.shown.show_sample(text, label)


def _sample(data: LabelledTexts, number: int, part: str) -> tuple[LabelledTexts, str, str]:
    """A text of a part of the data, and its label; called in the background thread."""
    from playground.engine.data.sources.labelled import text_of

    return data, *text_of(data, number, part)
