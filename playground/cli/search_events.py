"""`playground search --events`: for a program that starts the search, reads what it does, and ends it with itself.

The standard output has a JSON object a line, see `playground.engine.search.event_lines`. The search ends in order when
its standard input does: where the program that holds the other end closes it, or ends itself, however it ends.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from threading import Thread
from typing import TextIO

from playground.engine.search.event_lines import Begun, Ended, Event, Importances, Progressed, line_of, trial_event
from playground.engine.search.importance import LEAST
from playground.engine.search.outcome import RUNNING, TRAINED, TrialRow
from playground.engine.search.possible import exhausted_text
from playground.engine.search.search import Progress, Search, SearchEvent, TrialEnded

_PAUSE = 0.5  # seconds between two lines of progress
_GROWTH = 1.1  # times as many trained trials before the importances are computed again


class SearchEvents:
    """Writes what a program needs to show the search: also earlier trials, those that run, and what matters."""

    def __init__(self, stream: TextIO, search: Search) -> None:
        self._stream, self._search = stream, search
        self._drawn, self._trained, self._next = 0.0, 0, float(LEAST)
        self._running: dict[int, int] = {}  # last epochs of their learning curves, by the number of the trial
        self._write(Begun(study=search.name, goals=search.plan.goals))
        for row in search.rows():
            self._trained += row.state == TRAINED
            if row.counted:
                self._write(trial_event(row))
        self._tell_importances()

    def take(self, event: SearchEvent) -> None:
        """Write the line of a trial, or of the progress if the last one is some time ago."""
        if isinstance(event, TrialEnded):
            self._running.pop(event.row.number, None)
            self._trained += event.row.state == TRAINED
            self._write(trial_event(event.row))
            self._tell_importances()
        elif isinstance(event, Progress) and time.monotonic() - self._drawn > _PAUSE:
            self._drawn = time.monotonic()
            self._write(Progressed(**event._asdict()))
            self._tell_running(self._search.rows())

    def close(self) -> None:
        """Do nothing: each line was written at once."""

    def finish(self, rows: Sequence[TrialRow], *, exhausted: bool) -> None:
        """Write how the trials that ran have ended, and the last line."""
        for row in rows:
            if row.number in self._running:
                self._write(trial_event(row))
        self._next = min(self._next, float(self._trained))
        self._tell_importances()
        self._write(Ended(exhausted=exhausted, reason=str(exhausted_text(rows)) if exhausted else ""))

    def _tell_running(self, rows: Sequence[TrialRow]) -> None:
        now = {row.number: _reached(row) for row in rows if row.state == RUNNING}
        for row in rows:
            if now.get(row.number) != self._running.get(row.number) and not row.counted:
                self._write(trial_event(row))
        self._running = now | {row.number: 0 for row in rows if row.number in self._running and row.counted}

    def _tell_importances(self) -> None:
        if self._trained < max(self._next, LEAST):
            return
        shares = self._search.importances()
        self._next = max(self._trained + 1.0, self._trained * _GROWTH)
        if shares:
            self._write(Importances(shares=shares, trials=self._trained))

    def _write(self, event: Event) -> None:
        print(line_of(event), file=self._stream, flush=True)


def _reached(row: TrialRow) -> int:
    """The last epoch of its learning curve."""
    return row.curve[-1][0] if row.curve else 0


def watch_input(then: Callable[[], None]) -> None:
    """Call `then` in another thread when the standard input has ended."""

    def watch() -> None:
        stream = sys.stdin.fileno()
        while os.read(stream, 4096):  # not through `sys.stdin`, whose lock would be held at the end of the program
            pass
        then()

    Thread(target=watch, name="end of the standard input", daemon=True).start()
