"""A fair race: experiments trained on the same data, in the same order, with the same budget, taking turns."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from datetime import datetime
from math import inf, isfinite
from typing import NamedTuple

import torch

from playground.engine.data.in_memory import Data
from playground.engine.race.budget import Budget, Used, ensure_usable
from playground.engine.race.contestant import Contestant, Result
from playground.engine.runs.run_recorder import RunRecorder
from playground.engine.runs.store import RunStore
from playground.engine.runtime.device import choose
from playground.engine.training.snapshots import Snapshot
from playground.engine.training.trainer import Trainer
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, message, tr_noop

_TURNS = 1000  # of a contestant, if all goes well


class Advanced(NamedTuple):
    """A contestant did a piece of work."""

    contestant: int  # index of its entry
    snapshot: Snapshot
    used: Used
    share: float  # of its budget


class Out(NamedTuple):
    """A contestant diverged or failed; the others go on."""

    contestant: int
    reason: Message


class Scoring(NamedTuple):
    """Part of a contestant's final validation is done."""

    contestant: int


class Over(NamedTuple):
    """The race is over."""

    table: tuple[Result, ...]  # the best score first; those without a score last


RaceProgress = Advanced | Out | Scoring | Over


class Race(Iterator[RaceProgress]):
    """Trains several experiments in turn; every `next` does some milliseconds of work, and the last yields `Over`.

    All have one seed, and the streams of random numbers depend on nothing else: every contestant sees the same samples
    in the same order, whatever its network and its batch size. Each trains as it would alone, on the CPU to the same
    bits, but for as many epochs as its budget is for, the last one rounded up, over which its schedule extends; with a
    budget of seconds these are estimated when a twentieth is used.

    The contestant that has used the smallest share of its budget has the next turn, of a thousandth of the budget and
    at least one step. Each ends with the step that uses up its budget, so that the amounts used differ by less than a
    step; see `Contestant` for what is counted. A contestant whose own early stopping ends it uses less.

    All methods are called by whoever drives, from one thread.
    """

    def __init__(
        self,
        racing: Sequence[Experiment],
        data: Data,
        budget: Budget,
        *,
        store: RunStore | None = None,
        group: str = "",
    ) -> None:
        """`racing` are from `entries`; `data` are those of all. `store` gets each run, as one of `group`.

        Raises:
            BudgetError: a contestant would never use up its budget.
        """
        for experiment in racing:
            ensure_usable(budget, experiment)
        self._data, self._store, self._group = data, store, group
        self._placed: dict[torch.device, Data] = {}  # shared by all that compute there
        self._contestants = [Contestant(entry, budget) for entry in racing]
        self._stopping = False
        self._run = self._whole_race()

    def __next__(self) -> RaceProgress:
        return next(self._run)

    def stop(self) -> None:
        """End the race after the present piece of work; every contestant is scored as it is."""
        self._stopping = True

    def close(self) -> None:
        """Drop the race where it is, unscored; what was trained is stored. Does nothing once the race is over."""
        self._run.close()

    @property
    def table(self) -> tuple[Result, ...]:
        """All contestants, the best score first, then the smaller loss; those without a score last."""
        return tuple(sorted((item.result for item in self._contestants), key=_rank))

    def _whole_race(self) -> Generator[RaceProgress, None, None]:
        try:
            yield from self._turns()
            for number, contestant in enumerate(self._contestants):
                was_out = contestant.out
                for _ in contestant.finish():
                    yield Scoring(number)
                if contestant.out and not was_out:
                    yield Out(number, contestant.out)
        finally:
            for contestant in self._contestants:
                contestant.close()
        yield Over(self.table)

    def _turns(self) -> Iterator[RaceProgress]:
        for number, contestant in enumerate(self._contestants):
            if self._stopping:
                return
            contestant.begin(self._data_for, self._record)
            if contestant.out:
                yield Out(number, contestant.out)
        while not self._stopping and (racing := [item for item in self._contestants if item.racing]):
            next_one = min(racing, key=lambda item: item.share)  # the first of equals
            yield from self._turn(self._contestants.index(next_one), next_one)

    def _turn(self, number: int, contestant: Contestant) -> Iterator[RaceProgress]:
        goal = min(1.0, contestant.share + 1 / _TURNS)
        while contestant.racing and not self._stopping:
            snapshot = contestant.advance()
            if snapshot is not None:
                yield Advanced(number, snapshot, contestant.used, contestant.share)
            if contestant.out:
                yield Out(number, contestant.out)
            elif goal <= contestant.share < 1:  # its last turn goes on to the end of its run
                break
        contestant.end_turn()

    def _data_for(self, experiment: Experiment) -> Data:
        """The data on the device of an experiment.

        Raises:
            DeviceError: there is no such device.
        """
        device = choose(experiment)
        if device not in self._placed:
            self._placed[device] = self._data.to(device)
        return self._placed[device]

    def _record(self, trainer: Trainer) -> RunRecorder | None:
        return RunRecorder(self._store, trainer, self._data, group=self._group) if self._store else None


def race_name(racing: Sequence[Experiment], now: datetime) -> str:
    """The name of the group of runs of a race: "Race of 3 · 2026-01-31 14:02:11"."""
    return str(message(tr_noop("Race of {count} · {date}"), count=len(racing), date=f"{now:%Y-%m-%d %H:%M:%S}"))


def _rank(result: Result) -> tuple[bool, float, float]:
    """Sorts results."""
    score = -inf if result.score is None or not isfinite(result.score) else result.score
    return result.score is None, -score, inf if result.loss is None else result.loss
