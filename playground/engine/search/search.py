"""A search: keeps workers at it until the budget is used up, whatever happens to them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, NamedTuple

from playground.engine.search.database import storage_errors
from playground.engine.search.importance import importances
from playground.engine.search.optuna_parts import BEGUN, after_death, optuna_quietly
from playground.engine.search.outcome import RUNNING, WAITING, TrialRow, rows
from playground.engine.search.plan import Plan, SearchError
from playground.engine.search.seeds import sampler_seed
from playground.engine.search.signs_of_life import Silence, has_heartbeats
from playground.engine.search.study import open_study
from playground.engine.search.worker_process import WorkerProcess
from playground.spec.messages import Message, message

if TYPE_CHECKING:
    from optuna import Study

    from playground.engine.runs.store import RunStore
    from playground.engine.search.earlier import WarmStart

_POLL = 0.2  # seconds between two looks at the clock
_STALE = 5.0  # seconds between two looks for trials that show no sign of life
_AT_END = 60.0  # seconds that a worker may take to give up its trial
_MEASURED = 3  # trials that have ended, at least, before the time of one is measured
_MOST_ENDS = 3  # workers in a row that end before they begin a trial


class SearchBudget(NamedTuple):
    """When a search ends; None: not for that reason. Trials and epochs count all of the study, also earlier ones."""

    seconds: float | None = None
    trials: int | None = None
    epochs: int | None = None


class Forecast(NamedTuple):
    """How many trials there will be: at first from measured steps, without what comes between them, then measured."""

    seconds: float  # of a trial
    trials: int | None  # that fit into the time; None without a limit of time
    measured: bool = False  # over trials that have ended, with all that comes between them


class TrialEnded(NamedTuple):
    """A trial has ended."""

    row: TrialRow


class Progress(NamedTuple):
    """How far the search is."""

    share: float  # of the budget
    seconds: float  # so far
    running: int


SearchEvent = Forecast | TrialEnded | Progress


class Search:
    """Iterate over it to run it: it yields what happens, and ends with the budget, or after `stop`."""

    def __init__(
        self,
        plan: Plan,
        budget: SearchBudget,
        *,
        url: str,
        name: str,
        runs: Path | None,
        workers: int = 1,
        threads: int = 1,
        seed: int | None = None,
    ) -> None:
        """Open or make the study.

        Args:
            plan: from `plan.plan`.
            budget: when it ends.
            url: of the storage.
            name: of the study.
            runs: the folder of the run store; None: runs are not stored.
            workers: the number of processes.
            threads: of each process.
            seed: what `sampler_seed` promises; None: each search draws other values.

        Raises:
            SearchError: see `open_study`.
        """
        self.plan, self.name, self._budget, self._url, self._runs = plan, name, budget, url, runs
        self._count, self._threads, self._seed = workers, threads, seed
        self.study: Study = open_study(url, name, plan, plan.experiment.seed)
        self._heard: SimpleQueue[tuple[WorkerProcess, dict[str, Any] | None]] = SimpleQueue()
        self._workers: list[WorkerProcess] = []
        self._stopping = self._exhausted = False
        self._bad_ends = self._started = 0
        self._told: set[int] = set()
        self._before, self._measured = 0, False  # trials that had ended; whether the time of one has been measured
        self._silence = Silence()
        self._began: float | None = None  # when the first worker was ready: importing torch is no part of the budget

    @property
    def exhausted(self) -> bool:
        """Whether it ended because the space seems to hold no further network."""
        return self._exhausted

    @property
    def process_ids(self) -> tuple[int, ...]:
        """Those of the workers."""
        return tuple(worker.pid for worker in self._workers)

    def stop(self) -> None:
        """End it soon: trials that are not finished wait for the next time."""
        self._stopping = True

    def rows(self) -> list[TrialRow]:
        """All trials of the study.

        Raises:
            SearchError: see `storage_errors`, also for the iteration.
        """
        with storage_errors(self._url, self.study):
            return rows(self.study)

    def warm_start(self, store: RunStore, most: int) -> WarmStart:
        """See `earlier.warm_start`."""
        from playground.engine.search.earlier import warm_start

        return warm_start(self.study, self._url, self.plan, store, most)

    def importances(self) -> dict[str, float]:
        """See `importance.importances`.

        Raises:
            SearchError: see `storage_errors`.
        """
        with storage_errors(self._url, self.study):
            return importances(self.study, self.plan.goals)

    def __iter__(self) -> Iterator[SearchEvent]:
        self._told = {row.number for row in self.rows() if row.counted}
        self._before, self._measured = len(self._told), False
        try:
            with storage_errors(self._url, self.study):
                if not self._used_up(self.rows()):
                    yield from self._run()
        finally:
            self._close()
        yield from self._news(self.rows())

    def _run(self) -> Iterator[SearchEvent]:
        looked = time.monotonic()
        for _ in range(self._count):
            self._start()
        while not self._stopping:
            try:
                worker, heard = self._heard.get(timeout=_POLL)
            except Empty:
                heard = {}
            else:
                yield from self._take(worker, heard)
            if time.monotonic() - looked > _STALE:
                looked = time.monotonic()
                self._fail_stale()
            found = self.rows()
            yield from self._news(found)
            yield from self._measure(found)
            yield self._progress(found)
            if self._used_up(found) or self._over(found):
                return
            self._hand_out(found)

    def _start(self) -> None:
        self._started += 1
        about = {
            "storage": self._url,
            "study": self.name,
            "seed": sampler_seed(self._seed, self.study, self._started),
            "runs": None if self._runs is None else str(self._runs),
            "plan": self.plan.model_dump(mode="json"),
        }
        self._workers.append(WorkerProcess(about, self._threads, self._heard))

    def _take(self, worker: WorkerProcess, heard: dict[str, Any] | None) -> Iterator[SearchEvent]:
        if heard is None:
            self._ended(worker)
        elif "ready" in heard:
            worker.ready = True
            if self._began is None:
                self._began = time.monotonic()
                worker.ask(forecast=True)
        elif "forecast" in heard:
            worker.busy = False
            yield self._forecast(heard["forecast"], measured=False)
        elif "begun" in heard:
            worker.trial, self._bad_ends = heard["begun"], 0
        elif "broken" in heard:
            raise SearchError(heard["broken"])
        else:
            worker.trial = None
            worker.busy = "refused" in heard
            self._exhausted = self._exhausted or "exhausted" in heard

    def _ended(self, worker: WorkerProcess) -> None:
        """A worker has ended by itself: its trial is tried again by another one."""
        self._workers.remove(worker)
        worker.stop()
        if worker.trial is not None:
            self._fail(worker.trial, worker.end)
        else:  # it could not load, or the sampler gave no values
            self._bad_ends += 1
            if self._bad_ends >= _MOST_ENDS:
                raise SearchError(message("The processes end before they begin a trial. {why}", why=worker.end))
        self._start()

    def _fail(self, number: int, reason: Message) -> None:
        with optuna_quietly() as optuna:
            trial = next((item for item in self.study.get_trials(deepcopy=False) if item.number == number), None)
            if trial is None or trial.state.is_finished():
                return
            storage = self.study._storage
            try:
                storage.set_trial_user_attr(trial._trial_id, "reason", str(reason))
                storage.set_trial_state_values(trial._trial_id, state=optuna.trial.TrialState.FAIL)
            except optuna.exceptions.UpdateFinishedTrialError:  # another process was the first to notice
                return
            after_death(self.study, storage.get_trial(trial._trial_id))

    def _fail_stale(self) -> None:
        """Let trials of killed processes be tried again, also of those that were killed before a sign of life."""
        with optuna_quietly() as optuna:
            optuna.storages.fail_stale_trials(self.study)
            running = self.study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.RUNNING,))
            known = has_heartbeats(self.study)
            for trial in self._silence.too_long(running, time.monotonic(), heartbeats=known):
                begun = BEGUN in trial.user_attrs
                why = message("Its process ended.") if begun else message("Its process ended before it began.")
                self._fail(trial.number, why)

    def _over(self, found: list[TrialRow]) -> bool:
        """Whether nothing is left to train, also not what a worker is at or has given up."""
        return self._exhausted and not any(item.busy for item in self._workers) and not _wait(found)

    def _hand_out(self, found: list[TrialRow]) -> None:
        if self._exhausted and not _wait(found):
            return
        for worker in self._workers:
            busy = [item for item in self._workers if item.busy]
            if not worker.ready or worker.busy or (self._began is not None and self._lacks(found, busy)):
                continue
            worker.ask(trial=True, most=self._budget.trials)

    def _lacks(self, found: list[TrialRow], busy: list[WorkerProcess]) -> bool:
        """Whether the trials that are begun, here and elsewhere, use up the budget of trials."""
        if self._budget.trials is None:
            return False
        here = {item.trial for item in busy}
        elsewhere = sum(row.state == RUNNING and row.number not in here for row in found)
        return sum(row.counted for row in found) + len(busy) + elsewhere >= self._budget.trials

    def _used_up(self, found: list[TrialRow]) -> bool:
        return self._progress(found).share >= 1.0

    def _progress(self, found: list[TrialRow]) -> Progress:
        seconds = 0.0 if self._began is None else time.monotonic() - self._began
        shares = [0.0]
        if self._budget.seconds is not None:
            shares.append(seconds / max(self._budget.seconds, 1e-9))
        if self._budget.trials is not None:
            shares.append(sum(row.counted for row in found) / max(self._budget.trials, 1))
        if self._budget.epochs is not None:
            shares.append(sum(row.epochs for row in found) / max(self._budget.epochs, 1))
        return Progress(max(shares), seconds, sum(item.trial is not None for item in self._workers))

    def _measure(self, found: list[TrialRow]) -> Iterator[Forecast]:
        """The second forecast, once enough trials have ended here."""
        ended = sum(row.counted for row in found) - self._before
        if self._measured or self._began is None or ended < max(_MEASURED, 2 * self._count):
            return
        self._measured = True
        yield self._forecast(self._count * (time.monotonic() - self._began) / ended, measured=True)

    def _forecast(self, seconds: float, *, measured: bool) -> Forecast:
        budget = self._budget.seconds
        fit = None if budget is None else max(1, round(self._count * budget / max(seconds, 1e-3)))
        return Forecast(seconds, fit, measured)

    def _news(self, found: list[TrialRow]) -> Iterator[SearchEvent]:
        for row in found:
            if row.counted and row.number not in self._told:
                self._told.add(row.number)
                yield TrialEnded(row)

    def _close(self) -> None:
        for worker in self._workers:
            worker.stop()
        for worker in self._workers:
            worker.wait(_AT_END)
        self._workers = []


def _wait(found: list[TrialRow]) -> bool:
    return any(row.state == WAITING for row in found)
