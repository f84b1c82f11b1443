"""Stored runs of one experiment with several seeds: the name of their group, and their tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from playground.engine.evaluation.seed_comparison import SeedResult, Side, not_counted
from playground.engine.runs.run_record import RunError
from playground.engine.runs.stored_run import StoredRun
from playground.engine.training.snapshots import Finished
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, message, tr_noop


class SeedGroup(NamedTuple):
    """The runs of one experiment, which differ in their seed alone."""

    experiment: Experiment  # with the seed of the first
    side: Side  # those that count
    left_out: tuple[tuple[str, Message], ...]  # the id of each other run, and why it does not count


def group_name(experiment: Experiment, seeds: int, now: datetime) -> str:
    """The name of a group, which no other has that was begun in another second: "Small · 5 seeds · 2026-01-31 …"."""
    words = tr_noop("{name} · {count:,} seeds · {date}")
    return str(message(words, name=experiment.name, count=seeds, date=f"{now:%Y-%m-%d %H:%M:%S}"))


def seed_group(name: str, runs: Sequence[StoredRun]) -> SeedGroup:
    """The tests of stored runs, one or more, under a name.

    Raises:
        RunError: two differ in more than their seed, or two that count have the same, which is one result told twice.
    """
    first = runs[0]
    for run in runs[1:]:
        if _settings(run.experiment) != _settings(first.experiment):
            words = tr_noop(
                "The runs of “{name}” should differ in their seed alone, but {a} and {b} have other settings "
                "(see “playground runs diff”)."
            )
            raise RunError(message(words, name=name, a=first.run_id, b=run.run_id))
    reasons = [_not_counted(run) for run in runs]
    counted = [run for run, reason in zip(runs, reasons, strict=True) if reason is None]
    _require_other_seeds(name, counted)
    results = tuple(SeedResult.of(run.record.seed, run.record.figures) for run in counted)
    left_out = tuple((run.run_id, reason) for run, reason in zip(runs, reasons, strict=True) if reason is not None)
    return SeedGroup(first.experiment, Side(name, results), left_out)


def require_comparable(a: SeedGroup, b: SeedGroup) -> None:
    """Refuse groups whose tests do not measure the same.

    Raises:
        RunError: their test data or their loss are others.
    """
    scored = all(result.score is not None for group in (a, b) for result in group.side.results)
    others = not scored and a.experiment.recipe.loss != b.experiment.recipe.loss
    if others or _test_data(a.experiment) != _test_data(b.experiment):
        words = tr_noop(
            "“{a}” and “{b}” were tested on different data, or with different losses: their figures cannot be compared."
        )
        raise RunError(message(words, a=a.side.name, b=b.side.name))


def _settings(experiment: Experiment) -> Experiment:
    return experiment.with_(seed=0, name="", about="", refuse_below=0.0)


def _test_data(experiment: Experiment) -> tuple[object, ...]:
    data = experiment.data
    return data.id, data.own_path, data.test_count, data.signature


def _require_other_seeds(name: str, runs: Iterable[StoredRun]) -> None:
    known: dict[int, str] = {}
    for run in runs:
        if other := known.get(run.record.seed):
            words = tr_noop("Each run of “{name}” should have another seed, but {a} and {b} have the same, {seed}.")
            raise RunError(message(words, name=name, a=other, b=run.run_id, seed=run.record.seed))
        known[run.record.seed] = run.run_id


def _not_counted(run: StoredRun) -> Message | None:
    """Why the run does not count; the curves are read only where it has fewer epochs than its experiment says."""
    if run.record.ended is None:
        return message("it has not ended")
    figures, epochs = run.record.figures, run.experiment.recipe.epochs
    early = figures.epochs < epochs and any(isinstance(item, Finished) and item.stopped_early for item in run.curves())
    return not_counted(figures, epochs, early)
