"""A thread in which the doctor watches a run, so that neither training nor the window waits for it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from threading import Lock, Thread
from time import perf_counter
from typing import TYPE_CHECKING

from playground.engine.doctor.finding import Finding
from playground.engine.training.snapshots import Diverged, Epoch, Finished, Snapshot
from playground.spec.experiment import Experiment

if TYPE_CHECKING:
    from playground.engine.data.in_memory import Data

_GATHERING = 0.25  # seconds of steps that are handed over at once: each time the run has to share Python's lock
_log = logging.getLogger(__name__)


class DoctorThread:
    """Takes the snapshots of one run, and reports what is wrong with it."""

    def __init__(
        self, experiment: Experiment, data: Data, before: Sequence[Epoch], found: Callable[[Finding], None]
    ) -> None:
        """`before` are the epochs of a run that is continued; `found` is called in the doctor's thread."""
        self._experiment, self._data, self._before, self._found = experiment, data, before, found
        self._queue: SimpleQueue[list[Snapshot] | None] = SimpleQueue()
        self._gathered: list[Snapshot] = []
        self._due = 0.0  # when they are handed over
        self._failed = self._ended = False
        self._reporting = Lock()  # guards `_ended` while something is reported
        Thread(target=self._watch, name="doctor", daemon=True).start()

    def take(self, snapshot: Snapshot) -> None:
        """Hand over a snapshot of the run; it returns at once."""
        if self._failed:
            return
        self._gathered.append(snapshot)
        if perf_counter() >= self._due or isinstance(snapshot, Diverged | Finished):
            self._hand_over()

    def end(self) -> None:
        """End the thread; when this returns, nothing is reported any more, for whoever listens may be gone."""
        with self._reporting:
            self._ended = True
        self._queue.put(None)

    def _report(self, finding: Finding) -> None:
        with self._reporting:
            if not self._ended:
                self._found(finding)

    def _hand_over(self) -> None:
        self._due = perf_counter() + _GATHERING
        self._queue.put(self._gathered)
        self._gathered = []

    def _watch(self) -> None:
        try:
            from playground.engine.doctor.doctor import Doctor
            from playground.engine.runtime.device import prepare_thread

            prepare_thread(1)
            doctor = Doctor(self._experiment, self._data)
            doctor.recall(self._before)
            for finding in doctor.before:
                self._report(finding)
            while (snapshots := self._queue.get()) is not None and not self._ended:
                for found in filter(None, map(doctor.take, snapshots)):
                    self._report(found)
        except Exception:  # a bug: the run goes on without a doctor, and the log keeps the traceback
            self._failed = True
            _log.exception("the doctor failed")
