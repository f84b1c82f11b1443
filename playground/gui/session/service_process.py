"""The service as the window sees it: the command `playground serve`.

A thread would share Python's lock with the window and with training: each request would take time from both, and an
answer would wait for them.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import QObject, QProcessEnvironment, Signal

from playground.engine.service import DRAIN, TOKEN
from playground.engine.service.event_lines import Event, Exchanged, Failed, Listening, Requests, event_in
from playground.gui.session.command_process import CommandProcess, environment_of_commands
from playground.spec.messages import message

LOOPBACK, EVERYWHERE = "127.0.0.1", "0.0.0.0"
_LONGEST = (DRAIN + 5) * 1000  # milliseconds in which the process ends by itself


class Phase(Enum):
    """State of the service."""

    STOPPED = auto()
    STARTING = auto()
    SERVING = auto()
    STOPPING = auto()  # requests that have begun are answered
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class Wish:
    """The networks to serve, and the address."""

    name: str  # in addresses
    file: Path  # of the network
    port: int  # 0: a free one
    token: str = ""  # that clients must send; with one, other machines reach the service

    @property
    def host(self) -> str:
        """The address to listen at."""
        return EVERYWHERE if self.token else LOOPBACK


class ServiceProcess(CommandProcess):
    """At most one service at a time."""

    answered = Signal(object)  # Requests

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("serve", _LONGEST, parent)
        self.phase = Phase.STOPPED
        self.place = ""  # `http://127.0.0.1:8000`
        self.step: int | None = None  # of the network that answers
        self._wish: Wish | None = None
        self._next: Wish | None = None  # to be served when the process has ended

    @property
    def wish(self) -> Wish | None:
        """The networks that the process serves, and the address; None without a process."""
        return self._wish if self.running else None

    def serve(self, wish: Wish) -> None:
        """Start to serve; what is being served is ended first."""
        if self._process is not None:
            self._next = wish
            self._end_input()
            return
        self._wish, self._next = wish, None
        self.step, self.place = None, ""
        arguments = [f"{wish.name}={wish.file}", "--host", wish.host, "--port", str(wish.port)]
        process = self._launch(arguments, _environment(wish.token))
        self._set_phase(Phase.STARTING)
        process.start()

    def stop(self) -> None:
        """End the service, once requests that have begun are answered."""
        self._next = None
        self._end_input()

    def _end_input(self) -> None:
        if self._process is not None and self.phase is not Phase.STOPPING:
            self._process.closeWriteChannel()
            self._set_phase(Phase.STOPPING)

    def _take_line(self, line: bytes) -> None:
        self._take(event_in(line))

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

    def _fail_to_start(self, why: str) -> None:
        self.problem = message("The service could not be started: {why}.", why=why)
        self._leave(Phase.FAILED)

    def _finish(self, code: int) -> None:
        wanted = self.phase is Phase.STOPPING
        if not wanted and self.problem is None:
            self.problem = message("The service ended unexpectedly: {why}", why=self._why(code))
        self._leave(Phase.STOPPED if wanted else Phase.FAILED)

    def _leave(self, phase: Phase) -> None:
        """Forget the process, and start the next one if one is wanted."""
        self._forget()
        self.place, self.step = "", None
        if self._next is not None:
            self.serve(self._next)
        else:
            self._set_phase(phase)

    def _set_phase(self, phase: Phase) -> None:
        self.phase = phase
        self.changed.emit()


def _environment(token: str) -> QProcessEnvironment:
    """The environment of the process; the token stands in no command line."""
    found = environment_of_commands()
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
