"""Work that could take longer than a frame, done beside the event loop; its result comes back as a signal."""

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
    """One piece of work; `done` or `failed` comes, in the thread that made it. Qt deletes it then."""

    done = Signal(object)
    failed = Signal(object)  # Message


class Background(QThread):
    """One thread that does jobs in the order in which they are given, so that two saves never overtake.

    Torch, where a job uses it, computes on this thread alone: a run may want the other cores.
    """

    _ended = Signal(int, object, object)  # number of the job, result, Message

    def __init__(self, parent: QObject | None = None, *, lasting: bool = False) -> None:
        """`lasting`: what was given when the thread is to end, such as a save, is finished; else it is given up."""
        super().__init__(parent)
        self.lasting = lasting
        self._ending = Event()
        # The thread knows jobs by number: the last to hold one would delete it, and only the thread that made it may.
        self._waiting: SimpleQueue[tuple[int, Callable[[], Any]] | None] = SimpleQueue()
        self._jobs: dict[int, Job] = {}
        self._given = 0
        self._ended.connect(self._hand_back)

    def do(self, work: Callable[[], Any]) -> Job:
        """Do `work` soon; connect to the job that is returned."""
        if not self.isRunning():
            self.start()
        job = Job()
        self._given += 1
        self._jobs[self._given] = job
        self._waiting.put((self._given, work))
        return job

    def end(self) -> None:
        """Let the thread end once what was given is finished, or given up; `wait` for it."""
        self._ending.set()
        self._waiting.put(None)
        self._jobs.clear()  # nobody is there any more to hear how they ended

    def close(self) -> None:
        """End the thread and wait for it."""
        self.end()
        self.wait()

    def run(self) -> None:
        """Do one job after another until it is to end."""
        with cancellable(lambda: self._ending.is_set() and not self.lasting):
            while (item := self._waiting.get()) is not None:
                self._do(*item)
                del item  # or what it works on would be held until the next one comes

    def _do(self, number: int, work: Callable[[], Any]) -> None:
        try:
            stop_if_cancelled()
            _compute_alone()
            self._ended.emit(number, work(), None)
        except Exception as error:  # whatever it is, the window must hear of it
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
        job.deleteLater()  # what listens to it may hold it, and so keep both for ever


def _compute_alone() -> None:
    """Prepare this thread for torch, on one thread, where the engine is there at all; see `prepare_thread`."""
    prepare: Callable[[int], None] | None = getattr(
        sys.modules.get("playground.engine.runtime.device"), "prepare_thread", None
    )
    if prepare is not None:
        prepare(1)
