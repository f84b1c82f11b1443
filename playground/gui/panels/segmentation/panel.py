"""The panel for cluttered fields: provides clutter to draw on, and marks the ink while it is drawn."""

from __future__ import annotations

from random import randrange
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from playground.gui.panels.digits.inference import network_input
from playground.gui.panels.pad.pad_panel import PadPanel
from playground.gui.panels.panel import Surroundings
from playground.gui.panels.segmentation.inference import mark_ink
from playground.gui.panels.segmentation.view import SegmentationView
from playground.gui.session.background import Job
from playground.gui.session.run_state import RunState
from playground.gui.session.worker_mailbox import TestSample
from playground.spec.datasets.clutter import ClutteredMNIST
from playground.spec.messages import Message

if TYPE_CHECKING:
    from playground.engine.data.sources.clutter import Fields


class SegmentationPanel(PadPanel):
    """A cluttered field to draw on, and the network's mask."""

    network_input = staticmethod(network_input)

    def __init__(self, surroundings: Surroundings) -> None:
        self.view = SegmentationView(surroundings.background, surroundings.window)
        super().__init__("segmentation", self.view, mark_ink, surroundings)
        self._document = surroundings.document
        self._background = surroundings.background
        self._clutter_data: ClutteredMNIST | None = None  # the data whose clutter is shown or being loaded
        self._fields: Fields | None = None
        self._job: Job | None = None
        self.view.clutter_requested.connect(self._show_clutter)
        self._run.state_changed.connect(self._follow)
        self._document.changed.connect(self._follow)
        self._follow()

    def put(self, sample: TestSample) -> None:
        self.view.show_field(sample.inputs[0], sample.target > 0)

    @Slot()
    def _follow(self) -> None:
        """Load the fields of new data once torch is imported; two threads must not import it at the same time."""
        data = self._document.experiment.data
        if not isinstance(data, ClutteredMNIST) or self._run.state in (RunState.LOADING, RunState.BROKEN):
            return
        normalized = data.with_(count=1, validation_share=0.0)
        if normalized != self._clutter_data:
            self._clutter_data = normalized
            self._job = self._background.do(lambda: _test_fields(normalized))
            self._job.done.connect(self._take)
            self._job.failed.connect(self._show_failure)

    @Slot(object)
    def _take(self, fields: Fields) -> None:
        self._fields = fields
        self._show_clutter()

    @Slot(object)
    def _show_failure(self, message: Message) -> None:
        self._clutter_data = None
        self.view.explain(message)

    @Slot()
    def _show_clutter(self) -> None:
        """Put other clutter onto the pad."""
        if self._fields is not None and len(self._fields):
            self.view.set_clutter(self._fields.empty(randrange(len(self._fields))))


def _test_fields(data: ClutteredMNIST) -> Fields:
    """Load the test fields; called in the background thread."""
    from playground.engine.data.in_memory import load

    fields: Fields = load(data).test  # type: ignore[assignment]
    return fields
