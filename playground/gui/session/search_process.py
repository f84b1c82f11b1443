"""A search as the window sees it: a process of its own, started, listened to and ended without waiting for it.

The process is `playground search --events`, which ends in order when its standard input does. The window alone holds
the other end, so that the search ends with the window, also with one that was killed; its trials are kept.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, QObject, QProcess, QProcessEnvironment, Signal, Slot

from playground.engine.runtime.import_path import import_path
from playground.engine.search.event_lines import Ended, Event, Progressed, event_in
from playground.spec.messages import Message, message, printable

_log = logging.getLogger(__name__)

_LONGEST = 70_000  # milliseconds in which the process ends by itself: a worker may take a minute to give up a trial
_KILLED = 5000  # milliseconds in which a killed process is gone


class SearchPhase(Enum):
    """What a search does."""

    IDLE = auto()  # not begun
    STARTING = auto()  # its workers import torch
    SEARCHING = auto()
    STOPPING = auto()  # its workers give up their trials
    PAUSED = auto()  # it was stopped, and can go on
    DONE = auto()  # its budget is used up, or its space
    FAILED = auto()


class SearchProcess(QObject):
    """Lives in the window's thread; at most one search at a time."""

    lasting = False  # its end need not be waited for without limit; see `ended` of `thread_shutdown`

    changed = Signal()  # the phase
    told = Signal(object)  # Event

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.phase = SearchPhase.IDLE
        self.problem: Message | None = None  # of a failed one
        self.exhausted = False  # whether the space seems to hold no further network
        self.reason = ""  # if so, what the search said about it
        self._process: QProcess | None = None
        self._last_error = ""  # line of the process
        self._whole = False  # whether it said that it ended

    @property
    def running(self) -> bool:
        """Whether there is a process."""
        return self._process is not None

    @property
    def pid(self) -> int:
        """The process's number; 0 without one."""
        return self._process.processId() if self._process else 0

    def start(self, file: Path, options: Sequence[str]) -> None:
        """Search in the experiment of a file, with options of `playground search`. There must be no process."""
        assert self._process is None
        self.problem, self._last_error, self._whole, self.exhausted = None, "", False, False
        self.reason = ""
        process = self._process = QProcess(self)
        process.setProgram(sys.executable)
        # -P: no module of the folder that the program was started in is run.
        process.setArguments(["-P", "-m", "playground", "search", str(file), "--events", *options])
        environment = QProcessEnvironment.systemEnvironment()  # in which the same package is found
        environment.insert("PYTHONPATH", import_path())
        environment.remove("PLAYGROUND_STORAGE")  # the window keeps its searches beside the stored runs
        process.setProcessEnvironment(environment)
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._read_errors)
        process.finished.connect(self._end_of_process)
        process.errorOccurred.connect(self._note_error)
        self._set_phase(SearchPhase.STARTING)
        process.start()

    @Slot()
    def stop(self) -> None:
        """End it in order: trials that are not finished wait for the next time."""
        if self._process is not None and self.phase is not SearchPhase.STOPPING:
            self._process.closeWriteChannel()
            self._set_phase(SearchPhase.STOPPING)

    def end(self) -> None:
        """End it with the window; call `wait` afterwards."""
        self.stop()

    def wait(self, deadline: QDeadlineTimer) -> bool:
        """Wait until the process has ended; at the deadline it is killed, and its workers with it. Always True."""
        process = self._process
        if process is None:
            return True
        left = _LONGEST if deadline.isForever() else min(_LONGEST, deadline.remainingTime())
        if not process.waitForFinished(max(1, left)):
            process.kill()
            process.waitForFinished(_KILLED)
        return True

    @Slot()
    def _read(self) -> None:
        """Take all lines that have arrived."""
        process = self._process
        while process is not None and process.canReadLine():
            line = bytes(process.readLine().data())
            try:
                self.take(event_in(line))
            except ValueError:
                _log.warning("the search wrote what is no event: %.200r", line)

    def take(self, event: Event) -> None:
        """Handle what the process told."""
        if isinstance(event, Ended):
            self._whole, self.exhausted, self.reason = True, event.exhausted, event.reason
        elif isinstance(event, Progressed) and self.phase is SearchPhase.STARTING and event.running:
            self._set_phase(SearchPhase.SEARCHING)
        self.told.emit(event)

    @Slot()
    def _read_errors(self) -> None:
        if self._process is not None:
            lines = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace").splitlines()
            for line in filter(str.strip, lines):
                self._last_error = printable(line)[:300]
                _log.info("search: %s", self._last_error)

    @Slot(QProcess.ProcessError)
    def _note_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart and self._process is not None:
            self.problem = message("The search could not be started: {why}.", why=self._process.errorString())
            self._leave(SearchPhase.FAILED)

    @Slot(int, QProcess.ExitStatus)
    def _end_of_process(self, code: int, _status: QProcess.ExitStatus) -> None:
        self._read()
        self._read_errors()
        stopped = self.phase is SearchPhase.STOPPING
        if self._whole:
            self._leave(SearchPhase.PAUSED if stopped else SearchPhase.DONE)
            return
        if stopped and code == 0:
            self._leave(SearchPhase.PAUSED)
            return
        why = self._last_error or message("exit code {code}", code=code)
        self.problem = message("The search ended unexpectedly: {why}", why=why)
        self._leave(SearchPhase.FAILED)

    def _leave(self, phase: SearchPhase) -> None:
        """Forget the process, which has gone."""
        assert self._process is not None
        self._process.deleteLater()
        self._process = None
        self._set_phase(phase)

    def _set_phase(self, phase: SearchPhase) -> None:
        self.phase = phase
        self.changed.emit()
