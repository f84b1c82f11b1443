"""The service as the window sees it: a process of its own, started, listened to and ended without waiting for it.

A thread would share Python's lock with the window and with training: each request would take time from both, and an
answer would wait for them. The process is `playground serve --events`, which ends when its standard input does. The
window alone holds the other end, so that the process ends with the window, also with one that was killed.
"""

from __future__ import annotations

import logging
import socket
import sys
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, QObject, QProcess, QProcessEnvironment, Signal, Slot

from playground.engine.runtime.import_path import import_path
from playground.engine.service import DRAIN, TOKEN
from playground.engine.service.event_lines import Event, Exchanged, Failed, Listening, Requests, event_in
from playground.spec.messages import Message, message, printable

_log = logging.getLogger(__name__)

LOOPBACK, EVERYWHERE = "127.0.0.1", "0.0.0.0"
_LONGEST = (DRAIN + 5) * 1000  # milliseconds in which the process ends by itself
_KILLED = 5000  # milliseconds in which a killed process is gone


class Phase(Enum):
    """What the service does."""

    STOPPED = auto()
    STARTING = auto()
    SERVING = auto()
    STOPPING = auto()  # requests that have begun are answered
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be served, and where."""

    name: str  # in addresses
    file: Path  # of the network
    port: int  # 0: a free one
    token: str = ""  # that clients must send; with one, other machines reach the service

    @property
    def host(self) -> str:
        """The address to listen at."""
        return EVERYWHERE if self.token else LOOPBACK


class ServiceProcess(QObject):
    """Lives in the window's thread; at most one process at a time."""

    lasting = False  # its end need not be waited for without limit; see `ended`

    changed = Signal()  # the phase, or the step that is served
    answered = Signal(object)  # Requests

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.phase = Phase.STOPPED
        self.problem: Message | None = None  # of a failed one
        self.place = ""  # `http://127.0.0.1:8000`
        self.step: int | None = None  # of the network that answers
        self._wish: Wish | None = None
        self._next: Wish | None = None  # to be served when the process has ended
        self._process: QProcess | None = None
        self._last_error = ""  # line of the process

    @property
    def running(self) -> bool:
        """Whether there is a process."""
        return self._process is not None

    @property
    def wish(self) -> Wish | None:
        """What the process serves, and where; None without a process."""
        return self._wish if self.running else None

    @property
    def pid(self) -> int:
        """The process's number; 0 without one."""
        return self._process.processId() if self._process else 0

    def serve(self, wish: Wish) -> None:
        """Start to serve; what is being served is ended first."""
        if self._process is not None:
            self._next = wish
            self._end_input()
            return
        self._wish, self._next = wish, None
        self.step, self.place, self.problem, self._last_error = None, "", None, ""
        process = self._process = QProcess(self)
        process.setProgram(sys.executable)
        # -P: no module of the folder that the program was started in is run.
        command = ["-P", "-m", "playground", "serve", f"{wish.name}={wish.file}", "--events"]
        process.setArguments([*command, "--host", wish.host, "--port", str(wish.port)])
        process.setProcessEnvironment(_environment(wish.token))
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._read_errors)
        process.finished.connect(self._end_of_process)
        process.errorOccurred.connect(self._note_error)
        self._set_phase(Phase.STARTING)
        process.start()

    def stop(self) -> None:
        """End the service, once requests that have begun are answered."""
        self._next = None
        self._end_input()

    def end(self) -> None:
        """End the service with the window; call `wait` afterwards."""
        self.stop()

    def wait(self, deadline: QDeadlineTimer) -> bool:
        """Wait until the process has ended; at the deadline it is killed. Always True."""
        process = self._process
        if process is None:
            return True
        left = _LONGEST if deadline.isForever() else min(_LONGEST, deadline.remainingTime())
        if not process.waitForFinished(max(1, left)):
            process.kill()
            process.waitForFinished(_KILLED)
        return True

    def _end_input(self) -> None:
        if self._process is not None and self.phase is not Phase.STOPPING:
            self._process.closeWriteChannel()
            self._set_phase(Phase.STOPPING)

    @Slot()
    def _read(self) -> None:
        """Take all lines that have arrived."""
        process = self._process
        while process is not None and process.canReadLine():
            line = bytes(process.readLine().data())
            try:
                self._take(event_in(line))
            except ValueError:
                _log.warning("the service wrote what is no event: %.200r", line)

    def _take(self, event: Event) -> None:
        if isinstance(event, Requests):
            self.answered.emit(event)
        elif isinstance(event, Exchanged):
            self.step = event.step
            self.changed.emit()
        elif isinstance(event, Failed):
            self.problem = event.message
        elif self.phase is Phase.STARTING:
            self._begin(event)

    def _begin(self, event: Listening) -> None:
        host = network_address() if event.host == EVERYWHERE else event.host
        self.place, self.step = f"http://{host}:{event.port}", next(iter(event.steps.values()), None)
        self._set_phase(Phase.SERVING)

    @Slot()
    def _read_errors(self) -> None:
        if self._process is not None:
            lines = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace").splitlines()
            for line in filter(str.strip, lines):
                self._last_error = printable(line)[:200]
                _log.info("service: %s", self._last_error)

    @Slot(QProcess.ProcessError)
    def _note_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart and self._process is not None:
            self.problem = message("The service could not be started: {why}.", why=self._process.errorString())
            self._leave(Phase.FAILED)

    @Slot(int, QProcess.ExitStatus)
    def _end_of_process(self, code: int, _status: QProcess.ExitStatus) -> None:
        self._read()
        self._read_errors()
        wanted = self.phase is Phase.STOPPING
        if not wanted and self.problem is None:
            why = self._last_error or message("exit code {code}", code=code)
            self.problem = message("The service ended unexpectedly: {why}", why=why)
        self._leave(Phase.STOPPED if wanted else Phase.FAILED)

    def _leave(self, phase: Phase) -> None:
        """Forget the process, which has gone, and start the next one if one is wanted."""
        assert self._process is not None
        self._process.deleteLater()
        self._process, self.place, self.step = None, "", None
        if self._next is not None:
            self.serve(self._next)
        else:
            self._set_phase(phase)

    def _set_phase(self, phase: Phase) -> None:
        self.phase = phase
        self.changed.emit()


def _environment(token: str) -> QProcessEnvironment:
    """That of this process, in which the same package is found; the token stands in no command line."""
    found = QProcessEnvironment.systemEnvironment()
    found.insert("PYTHONPATH", import_path())
    found.remove(TOKEN)
    if token:
        found.insert(TOKEN, token)
    return found


def network_address() -> str:
    """The address under which this machine is known in its network; that of the machine alone if it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: it only chooses the address that would be used
        except OSError:
            return LOOPBACK
        found: str = probe.getsockname()[0]
    return found
