"""The base of the panels for rows and for labelled texts: one sample of the user's file, and the answer to it."""

from __future__ import annotations

from abc import abstractmethod
from random import randrange
from typing import Any, Generic, NamedTuple, TypeVar

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu

from playground.gui.panels.data_link import DataLink
from playground.gui.panels.panel import Panel, Surroundings
from playground.gui.panels.sample_view import SampleView
from playground.gui.session.run_state import RunState
from playground.gui.session.worker_mailbox import TestSample
from playground.gui.style.action import add
from playground.spec.data.dataset import Dataset, nothing_to_test_with
from playground.spec.datasets.changeable import same_samples

D = TypeVar("D", bound=Dataset)


class LabelledSample(NamedTuple):
    """A sample as its panel shows it, and its target in words."""

    content: Any
    target: str


class SamplePanel(Panel, Generic[D]):
    """Reads the sample that the user asks for in the background, and shows it with its target."""

    def __init__(self, name: str, shown: SampleView, menu: tuple[str, str], surroundings: Surroundings) -> None:
        """`name` says which data the panel is for, see `Dataset.panel`; `menu` is its title and its only entry."""
        title, entry = menu
        actions = QMenu(title, shown)
        add(actions, entry, "Ctrl+T").triggered.connect(shown.sample_requested)
        super().__init__(shown, actions)
        self._shown, self._run = shown, surroundings.run
        self._background = surroundings.background
        self._link = DataLink(name, surroundings.document, self.show_data, self)
        shown.sample_requested.connect(self._pick)
        self._run.test_sample.connect(self._show_sample)

    @abstractmethod
    def show_data(self, data: D) -> None:
        """Show which values a sample of these data may have."""

    @abstractmethod
    def put(self, sample: LabelledSample) -> None:
        """Show a sample."""

    @staticmethod
    @abstractmethod
    def read(data: D, number: int, part: str) -> LabelledSample:
        """Read a sample of a part of the data; called in the background thread."""

    @Slot()
    def _pick(self) -> None:
        """Show a random sample of the test set."""
        data = self._link.data
        if data is None or self._run.state in (RunState.LOADING, RunState.BROKEN):
            return  # two threads must not import torch at the same time
        if not data.known or data.test_count < 1:
            self._shown.explain(nothing_to_test_with())
            return
        self._read(data, randrange(data.test_count), "test")

    @Slot(object)
    def _show_sample(self, sample: TestSample) -> None:
        """Show a sample that was chosen elsewhere."""
        data = self._link.own(sample.data)
        if data is not None and sample.index is not None:
            self._read(data, sample.index, sample.part)

    def _read(self, data: D, number: int, part: str) -> None:
        read = self.read

        def show(sample: LabelledSample) -> None:
            now = self._link.data
            if now is not None and same_samples(now, data):
                self.put(sample)

        job = self._background.do(lambda: read(data, number, part))
        job.done.connect(show)
        job.failed.connect(self._shown.explain)
        self._job = job
