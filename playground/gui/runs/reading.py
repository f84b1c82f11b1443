"""Reads the rows and experiments of stored runs; called in a background thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from playground.engine.evaluation.seed_comparison import comparison
from playground.engine.runs.index import RunRow
from playground.engine.runs.run_record import RunError
from playground.engine.runs.seed_group import SeedGroup, require_comparable, seed_group
from playground.engine.runs.store import DeletedRun, RunStore, Usage
from playground.engine.runs.stored_run import StoredRun
from playground.spec.experiment import Experiment
from playground.spec.experiment_differences import Difference, differences
from playground.spec.messages import Message

_WITHIN = 2.0  # seconds to wait for changes made here to be on disk


class Listing(NamedTuple):
    """All rows, and the reasons why damaged runs cannot be read, by id."""

    rows: list[RunRow]
    problems: dict[str, Message]


class Comparison(NamedTuple):
    """The differences of runs from one of them, by id, and the reasons why others cannot be compared."""

    reference: str
    found: dict[str, tuple[Difference, ...]]
    problems: dict[str, Message]


class GroupComparison(NamedTuple):
    """Two groups of runs with several seeds, what a test says of them, and the settings that differ."""

    a: SeedGroup
    b: SeedGroup
    verdict: Message
    differences: tuple[Difference, ...]


class RunReader:
    """Reads from one store, and keeps the experiments that it has read. All methods are called in one thread."""

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._experiments: dict[str, tuple[float, Experiment]] = {}  # with the time of the file's last change

    def listing(self, changed: bool) -> Listing:
        """Read the rows; with `changed`, first wait until changes that were made here are written."""
        if changed:
            self._store.flush(_WITHIN)
        rows = self._store.runs()
        problems = {}
        for row in rows:
            if row.damaged:
                try:
                    self._store.open(row.run_id)
                except RunError as error:
                    problems[row.run_id] = error.message
        return Listing(rows, problems)

    def usage(self) -> Usage:
        """The disk usage of the store."""
        return self._store.usage()

    def compare(self, reference: str, others: Iterable[str]) -> Comparison:
        """Compare experiments with the one of the run `reference`."""
        found: dict[str, tuple[Difference, ...]] = {}
        problems: dict[str, Message] = {}
        try:
            base = self._experiment(reference)
        except RunError as error:
            return Comparison(reference, {}, {reference: error.message})
        for run_id in others:
            try:
                found[run_id] = differences(base, self._experiment(run_id))
            except RunError as error:
                problems[run_id] = error.message
        return Comparison(reference, found, problems)

    def compare_groups(self, a: str, b: str) -> GroupComparison:
        """Test whether one of two groups is better.

        Raises:
            RunError: a run is damaged, the runs of a group differ in more than their seed, or the groups were tested on
                different data.
        """
        rows = self._store.runs()
        one, other = (
            seed_group(name, [self._store.open(row.run_id) for row in rows if row.group == name]) for name in (a, b)
        )
        require_comparable(one, other)
        verdict = comparison(one.side, other.side, one.experiment.data)
        found = differences(one.experiment, other.experiment.with_(seed=one.experiment.seed))
        return GroupComparison(one, other, verdict, found)

    def deleted(self) -> list[DeletedRun]:
        """The runs in the trash, the one deleted last first, once changes that were made here are written."""
        self._store.flush(_WITHIN)
        return self._store.deleted_runs()[::-1]

    def change(self, run_id: str, apply: Callable[[StoredRun], None]) -> None:
        """Change a run.

        Raises:
            RunError: it is damaged or missing.
        """
        apply(self._store.open(run_id))

    def _experiment(self, run_id: str) -> Experiment:
        """The experiment of a run, which changes while it goes on."""
        changed = self._store.changed_at(run_id)
        known = self._experiments.get(run_id)
        if known is None or known[0] != changed:
            known = self._experiments[run_id] = changed, self._store.open(run_id).experiment
        return known[1]
