"""The thread that trains the contestants of a race in turn."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from threading import Event
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QThread, Signal

from playground.engine.runtime.out_of_memory import as_out_of_memory
from playground.spec.cancelling import Cancelled, cancellable
from playground.spec.experiment import Experiment
from playground.spec.messages import message

if TYPE_CHECKING:
    from playground.engine.race.budget import Budget
    from playground.engine.race.race import Over
    from playground.engine.race.standing import Lane
    from playground.engine.runs.store import RunStore

_log = logging.getLogger(__name__)


class Point(NamedTuple):
    """A point of the curves of a contestant."""

    contestant: int  # index
    share: float  # of its budget
    loss: float
    score: float


class RaceThread(QThread):
    """Runs one race; `ended` or `failed` is emitted in its end, unless `end` was called."""

    lasting = False  # whatever it does may be dropped
    ended = Signal(object)  # tuple[Result, ...]
    failed = Signal(object)  # Message

    def __init__(
        self, racing: Sequence[Experiment], limit: Budget, store: RunStore | None, parent: QObject | None = None
    ) -> None:
        """`racing` are from `entries`; `store` gets their runs."""
        super().__init__(parent)
        self._racing, self._limit, self._store = racing, limit, store
        self._stopping, self._ending = Event(), Event()
        self._points: deque[Point] = deque()
        self._lanes: tuple[Lane, ...] = ()

    def stop(self) -> None:
        """End the race where it is; the contestants are scored."""
        self._stopping.set()

    def end(self) -> None:
        """Drop the race; what was trained is stored."""
        self._ending.set()

    def collect(self) -> tuple[list[Point], tuple[Lane, ...]]:
        """The points since the last call, and how all contestants stand."""
        return [self._points.popleft() for _ in range(len(self._points))], self._lanes

    def run(self) -> None:
        """Race, and say how it ended."""
        try:
            with cancellable(self._ending.is_set):
                end = self._raced()
            if end is not None:
                self.ended.emit(end.table)
        except Cancelled:
            return
        except Exception as error:  # whatever it is, the window must be told
            known = as_out_of_memory(error)
            if known is None:
                _log.exception("a race failed")
            told = known.message if known else message("Something went wrong: {error}.", error=f"{error!r:.200}")
            self.failed.emit(told)

    def _raced(self) -> Over | None:
        from playground.engine.data.in_memory import load
        from playground.engine.race.race import Over, Race, race_name
        from playground.engine.race.standing import Standing

        data = load(self._racing[0].data)
        group = race_name(self._racing, datetime.now().astimezone())
        race = Race(self._racing, data, self._limit, store=self._store, group=group)
        standing = Standing(self._racing)
        try:
            for progress in race:
                if isinstance(progress, Over):
                    return progress
                if self._ending.is_set():
                    return None
                if self._stopping.is_set():
                    race.stop()
                number = standing.take(progress)
                self._lanes = tuple(standing.lanes)
                if number is not None:
                    self._add(number, standing.lanes[number])
        finally:
            race.close()
        return None

    def _add(self, number: int, lane: Lane) -> None:
        if lane.loss is not None and lane.score is not None:
            self._points.append(Point(number, lane.share, lane.loss, lane.score))
