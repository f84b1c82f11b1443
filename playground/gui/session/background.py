"""Work that may take longer than a frame, done outside the event loop; the result arrives as a signal."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from queue import SimpleQueue
from threading import Event
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from playground.engine.runtime.out_of_memory import as_out_of_memory
from playground.spec.cancelling import cancellable, stop_if_cancelled
from playground.spec.messages import message

_log = logging.getLogger(__name__)


class Job(QObject):
    """One piece of work; `done` or `failed` is emitted in the thread that created it, and Qt then deletes it."""

    done = Signal(object)
    failed = Signal(object)  # Message


class Background(QThread):
    """One thread that runs jobs in the order in which they were given, so that saves are never reordered.

    Torch, where a job uses it, runs on this thread alone, because a run may use the other cores.
    """

    _ended = Signal(int, object, object)  # number of the job, result, Message

    def __init__(self, parent: QObject | None = None, *, lasting: bool = False) -> None:
        """`lasting`: whether pending jobs, such as a save, are finished when the thread ends, or dropped."""
        super().__init__(parent)
        self.lasting = self._finishing = lasting
        self._ending = Event()
        # The thread refers to jobs by number: its reference could be the last, and only the creator may delete a job.
        self._waiting: SimpleQueue[tuple[int, Callable[[], Any]] | None] = SimpleQueue()
        self._jobs: dict[int, Job] = {}
        self._given = 0
        self._ended.connect(self._hand_back)

    def do(self, work: Callable[[], Any]) -> Job:
        """Schedule `work`; connect to the returned job.

        Once the thread is to end, only saves are still done: a late answer must not start it again.
        """
        job = Job()
        if self._ending.is_set() and not self.lasting:
            return job
        if not self.isRunning():
            self.start()
        self._given += 1
        self._jobs[self._given] = job
        self._waiting.put((self._given, work))
        return job

    def end(self) -> None:
        """Let the thread end once its jobs are finished or dropped; call `wait` afterwards."""
        self._ending.set()
        self._waiting.put(None)
        self._jobs.clear()  # no listener is left

    def close(self) -> None:
        """End the thread and wait for it."""
        self.end()
        self.wait()

    def run(self) -> None:
        """Run one job after another until the thread is to end."""
        with cancellable(lambda: self._ending.is_set() and not self._finishing):
            while (item := self._waiting.get()) is not None:
                self._do(*item)
                del item  # otherwise it would live until the next job arrives

    def _do(self, number: int, work: Callable[[], Any]) -> None:
        try:
            stop_if_cancelled()
            _compute_alone()
            self._ended.emit(number, work(), None)
        except Exception as error:  # whatever it is, the window must be notified
            known = as_out_of_memory(error)
            if known is not None:
                _log.info("refused: %s", known, exc_info=True)
                self._ended.emit(number, None, known.message)
            else:
                _log.exception("a job failed")
                self._ended.emit(number, None, message("Something went wrong: {error}.", error=f"{error!r:.200}"))

    @Slot(int, object, object)
    def _hand_back(self, number: int, result: object, message: object) -> None:
        job = self._jobs.pop(number, None)
        if job is None:
            return
        if message is None:
            job.done.emit(result)
        else:
            job.failed.emit(message)
        job.deleteLater()  # a listener may hold it, which would keep both alive


def _compute_alone() -> None:
    """Limit torch to this thread, if the engine is installed; see `prepare_thread`."""
    prepare: Callable[[int], None] | None = getattr(
        sys.modules.get("playground.engine.runtime.device"), "prepare_thread", None
    )
    if prepare is not None:
        prepare(1)
