"""A search as the window sees it: the command `playground search`, whose trials are kept when it ends."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from playground.engine.search.event_lines import Ended, Event, Progressed, event_in
from playground.gui.session.command_process import CommandProcess, environment_of_commands
from playground.spec.messages import Message, message

_LONGEST = 70_000  # milliseconds in which the process ends by itself: a worker may take a minute to give up a trial


class SearchPhase(Enum):
    """State of a search."""

    IDLE = auto()  # not begun
    STARTING = auto()  # its workers import torch
    SEARCHING = auto()
    STOPPING = auto()  # its workers give up their trials
    PAUSED = auto()  # it was stopped, and can go on
    DONE = auto()  # its budget is used up, or its space
    FAILED = auto()


class SearchProcess(CommandProcess):
    """At most one search at a time; the process is killed with its workers."""

    told = Signal(object)  # Event

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("search", _LONGEST, parent)
        self.phase = SearchPhase.IDLE
        self.exhausted = False  # whether the space seems to hold no further network
        self.reason = ""  # if so, what the search said about it
        self._whole = False  # whether it said that it ended

    def start(self, file: Path, options: Sequence[str]) -> None:
        """Search in the experiment of a file, with options of `playground search`. There must be no process."""
        environment = environment_of_commands()
        environment.remove("PLAYGROUND_STORAGE")  # the window keeps its searches with the stored runs
        process = self._launch([str(file), *options], environment)
        self._whole, self.exhausted, self.reason = False, False, ""
        self._set_phase(SearchPhase.STARTING)
        process.start()

    def refuse(self, problem: Message) -> None:
        """Note that it could not be started. There must be no process."""
        assert self._process is None
        self.problem = problem
        self._set_phase(SearchPhase.FAILED)

    @Slot()
    def stop(self) -> None:
        """End it in order: trials that are not finished wait for the next time."""
        if self._process is not None and self.phase is not SearchPhase.STOPPING:
            self._process.closeWriteChannel()
            self._set_phase(SearchPhase.STOPPING)

    def forget_end(self) -> None:
        """Forget how the last search ended, because another one is shown. There must be no process."""
        assert self._process is None
        self.problem, self.exhausted, self.reason = None, False, ""
        self._set_phase(SearchPhase.IDLE)

    def _take_line(self, line: bytes) -> None:
        self.take(event_in(line))

    def take(self, event: Event) -> None:
        """Handle what the process told."""
        if isinstance(event, Ended):
            self._whole, self.exhausted, self.reason = True, event.exhausted, event.reason
        elif isinstance(event, Progressed) and self.phase is SearchPhase.STARTING and event.running:
            self._set_phase(SearchPhase.SEARCHING)
        self.told.emit(event)

    def _fail_to_start(self, why: str) -> None:
        self.problem = message("The search could not be started: {why}.", why=why)
        self._leave(SearchPhase.FAILED)

    def _finish(self, code: int) -> None:
        stopped = self.phase is SearchPhase.STOPPING
        if self._whole:
            self._leave(SearchPhase.PAUSED if stopped else SearchPhase.DONE)
        elif stopped and code == 0:
            self._leave(SearchPhase.PAUSED)
        else:
            self.problem = message("The search ended unexpectedly: {why}", why=self._why(code))
            self._leave(SearchPhase.FAILED)

    def _leave(self, phase: SearchPhase) -> None:
        self._forget()
        self._set_phase(phase)

    def _set_phase(self, phase: SearchPhase) -> None:
        self.phase = phase
        self.changed.emit()
