"""Requests to the worker that do not change the run: saving, showing samples, letting urgent work go first."""

from __future__ import annotations

from pathlib import Path
from random import randrange
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from playground.gui.session.document import Document
from playground.gui.session.worker import Worker
from playground.gui.session.worker_mailbox import (
    Augmented,
    Broken,
    Failed,
    Kept,
    Preparing,
    RateFound,
    RateSearching,
    Saved,
    SharedData,
    TestSample,
)
from playground.spec.data.dataset import nothing_to_test_with
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import RunLink

if TYPE_CHECKING:
    from playground.engine.runs.store import RunStore

_PATIENCE = 5.0  # seconds to wait for the store


class WorkerRequests(QObject):
    """Owns the worker; passes on answers to requests that no state of a run depends on."""

    saved = Signal(object)  # Saved
    kept = Signal(object)  # Kept
    test_sample = Signal(object)  # TestSample
    data_shared = Signal(object)  # SharedData
    augmented = Signal(object)  # Augmented
    rate_searching = Signal(object)  # RateSearching
    rate_found = Signal(object)  # RateFound
    preparing = Signal(object)  # Message: data are being read, which takes a while
    failed = Signal(object)  # Message
    crashed = Signal(object)  # Message, after `failed`: the error was unexpected, and the log has details

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._worker = Worker(self)

    @property
    def worker(self) -> Worker:
        """The training thread."""
        return self._worker

    def load_torch(self) -> None:
        """Start the worker; call it once the window is shown."""
        self._worker.start()

    def set_store(self, store: RunStore | None) -> None:
        """Store all runs from now on, or none."""
        self._worker.store = store

    def is_stored(self, link: RunLink) -> bool:
        """Whether a network is in the run store for good; waits some seconds for it. Any thread may call it."""
        store = self._worker.store
        return store is not None and store.flush(_PATIENCE) and store.keeps(link.run_id, link.step)

    def save(self, path: Path) -> None:
        """Write the network in its current state; `saved` or `failed` follows."""
        self._worker.save(path, self._document.experiment)

    @Slot()
    def pick_test_sample(self) -> None:
        """Request any sample of the test set; `test_sample` follows."""
        data = self._document.experiment.data
        if not data.known or data.test_count < 1:
            self.failed.emit(nothing_to_test_with())
            return
        experiment, index = self._document.experiment, randrange(data.test_count)
        self._worker.ask_data(experiment, lambda known: known.test_sample(experiment, index))

    def share_data(self, of: Experiment | None = None) -> None:
        """Request the data of an experiment, or the document's, for reading alone; `data_shared` follows."""
        experiment = of or self._document.experiment
        self._worker.ask_data(experiment, lambda known: known.shared(experiment))

    def show_sample(self, sample: TestSample) -> None:
        """Put a sample on the panel of its data, as if it had been picked from the test set."""
        self._answer(sample)

    @Slot()
    def give_way(self) -> None:
        """Pause the run briefly for an urgent answer."""
        self._worker.give_way()

    @Slot()
    def go_ahead(self) -> None:
        """The urgent answer is shown."""
        self._worker.go_ahead()

    def augment(self, draw: int) -> None:
        """Request augmented training images; `augmented` follows for the latest request."""
        self._worker.augment(self._document.experiment, draw)

    def find_rate(self) -> None:
        """Search for a learning rate; `rate_searching` and `rate_found` follow."""
        self._worker.find_rate(self._document.experiment)

    @Slot()
    def stop_finding_rate(self) -> None:
        """End the search for a learning rate, if there is one."""
        self._worker.stop_finding_rate()

    def _answer(self, what: object) -> bool:
        """Pass on the answer to a request; return whether it was one."""
        if isinstance(what, Saved):
            self.saved.emit(what)
        elif isinstance(what, Kept):
            self.kept.emit(what)
        elif isinstance(what, TestSample):
            if what.data.signature == self._document.experiment.data.signature:  # otherwise it is outdated
                self.test_sample.emit(what)
        elif isinstance(what, SharedData):
            self.data_shared.emit(what)
        elif isinstance(what, Preparing):
            self.preparing.emit(what.message)
        elif isinstance(what, Augmented):
            self.augmented.emit(what)
        elif isinstance(what, RateSearching):
            self.rate_searching.emit(what)
        elif isinstance(what, RateFound):
            self.rate_found.emit(what)
        else:
            return False
        return True

    def _report_failure(self, what: Failed | Broken) -> None:
        self.failed.emit(what.message)
        if what.logged:
            self.crashed.emit(what.message)
