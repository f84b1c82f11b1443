"""The thread that writes runs: jobs from a queue. A job that the disk refuses is reported as a value and retried."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from threading import Condition, Thread

from playground.spec.files.storage import FileError
from playground.spec.messages import Message, PlaygroundError, message, tr_noop

Job = Callable[[], None]

GATHERING = 0.5  # seconds that jobs wait which may, so that few large writes are made of many small ones
SHORTEST, LONGEST = 1.0, 30.0  # seconds between two attempts; the first pause is doubled until it is the second

_log = logging.getLogger(__name__)


class StoreThread:
    """Does jobs in order. A job that raises OSError or FileError is retried, so it must be repeatable."""

    def __init__(self, told: Callable[[Message | None], None] | None = None) -> None:
        """Begin without a job; the thread starts with the first.

        Args:
            told: is called in this thread with what went wrong, each time that changes; with None when what is retried
                has succeeded. What cannot be retried stays the problem until there is another.
        """
        self.problem: Message | None = None
        self._retrying = False  # whether a job that is retried is the problem
        self._told = told
        self._jobs: deque[Job] = deque()
        self._later: dict[Job, None] = {}
        self._done_count = 0  # jobs that are done
        self._condition = Condition()
        self._busy = self._ending = self._hurried = False
        self._failures = 0  # attempts that the disk refused
        self._thread: Thread | None = None

    @property
    def ending(self) -> bool:
        """Whether `end` was called."""
        return self._ending

    def put(self, job: Job) -> None:
        """Queue a job."""
        with self._condition:
            self._jobs.append(job)
            self._wake()

    def put_later(self, job: Job) -> None:
        """Queue a job within about half a second; a job that is queued repeatedly runs once."""
        with self._condition:
            if job not in self._later:
                self._later[job] = None
                self._wake()

    def flush(self, within: float) -> bool:
        """Wait up to `within` seconds for the jobs queued by now, or until one fails; return whether all are done.

        A job that failed before is tried again at once. Jobs that others queue meanwhile are not waited for.
        """
        with self._condition:
            self._jobs.extend(self._later)
            self._later.clear()
            last = self._done_count + self._busy + len(self._jobs)
            self._hurried, failures = True, self._failures
            self._wake()
            self._condition.wait_for(lambda: self._done_count >= last or self._failures != failures, within)
            return self._done_count >= last

    def end(self, within: float) -> bool:
        """End after the last job, or at the first that fails from now on; return whether all were done in that time."""
        with self._condition:
            self._ending = self._hurried = True
            self._condition.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(within)
        return not (self._jobs or self._later or self._busy)

    def _wake(self) -> None:
        if self._thread is None and not self._ending:
            self._thread = Thread(target=self._work, name="run store", daemon=True)
            self._thread.start()
        self._condition.notify_all()

    def _work(self) -> None:
        pause = SHORTEST
        while job := self._next():
            done = self._done(job)
            with self._condition:
                self._busy = False
                if done:
                    pause = SHORTEST
                    self._done_count += 1
                else:
                    self._jobs.appendleft(job)
                    self._failures += 1
                    self._hurried = False
                    self._condition.notify_all()
                    if self._ending:
                        return
                    self._condition.wait_for(lambda: self._ending or self._hurried, pause)
                    pause = min(LONGEST, 2 * pause)
                self._condition.notify_all()

    def _next(self) -> Job | None:
        """Wait for a job; None once the thread must end."""
        with self._condition:
            gathered = time.monotonic() + GATHERING
            while not self._jobs:
                if self._later and (self._hurried or time.monotonic() >= gathered):
                    self._jobs.extend(self._later)
                    self._later.clear()
                elif self._ending:
                    return None
                elif self._later:
                    self._condition.wait(gathered - time.monotonic())
                else:
                    self._hurried = False
                    self._condition.notify_all()
                    self._condition.wait()
                    gathered = time.monotonic() + GATHERING
            self._busy = True
            return self._jobs.popleft()

    def _done(self, job: Job) -> bool:
        """Do a job; return False if it must be retried."""
        try:
            job()
        except FileError as error:
            words = tr_noop("Runs cannot be stored at present: training goes on, and storing is tried again. {why}")
            self._tell(message(words, why=error.message), retrying=True)
        except OSError as error:
            words = tr_noop("The run could not be stored: {reason}. Training goes on, and storing is tried again.")
            self._tell(message(words, reason=error.strerror or repr(error)), retrying=True)
        except PlaygroundError as error:
            self._tell(error.message)
            return True
        except Exception as error:  # a bug: training continues
            self._tell(message("The run could not be stored: {reason}.", reason=repr(error)))
            return True
        else:
            if self._retrying:
                self._tell(None)
            return True
        return False

    def _tell(self, problem: Message | None, *, retrying: bool = False) -> None:
        """Say and log a problem, once for each cause; to be called where the exception is handled."""
        self._retrying = retrying
        if problem == self.problem:
            return
        self.problem = problem
        if problem is None:
            _log.info("runs are stored again")
        else:
            _log.warning("a run was not stored: %s", problem, exc_info=True)
        if self._told is not None:
            self._told(problem)
