"""The state of a study: its trials, the best one, and the front of several goals."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from playground.engine.search.database import damaged, gone
from playground.engine.search.goals import GOALS
from playground.engine.search.optuna_parts import DEATHS, FIRST, MOST_DEATHS, tried_again

if TYPE_CHECKING:
    from optuna import Study, Trial
    from optuna.trial import FrozenTrial

TRAINED, PRUNED, FAILED, REFUSED, AGAIN, RUNNING, WAITING = (
    "trained",
    "pruned",
    "failed",
    "refused",  # never trained: the network is not possible, exceeds a limit, or was tried before
    "again",  # not finished; another trial takes its place
    "running",
    "waiting",
)
CURVE = "curve"  # attribute of a trial that is trained: its learning curve so far
_STATES = {"COMPLETE": TRAINED, "PRUNED": PRUNED, "FAIL": FAILED, "RUNNING": RUNNING, "WAITING": WAITING}


class TrialRow(NamedTuple):
    """One trial."""

    number: int
    state: str
    values: tuple[float, ...]  # of the goals; empty if it was not trained to its end
    params: dict[str, Any]  # by the keys of the space's ranges
    figures: dict[str, Any]  # see `TrialFigures`; empty as above
    reason: str  # why it has no values
    seconds: float | None  # from its beginning to its end
    epochs: int
    run_ids: tuple[str, ...]
    first: bool  # whether it is the starting point: the experiment as it is, or the network of a preset space
    curve: tuple[tuple[int, float], ...] = ()  # epochs and values of `goals.curve_goal`, of its first seed

    @property
    def counted(self) -> bool:
        """Whether it counts as a trial."""
        return self.state in (TRAINED, PRUNED, FAILED)


def rows(study: Study) -> list[TrialRow]:
    """All trials, in the order of their numbers.

    Raises:
        SearchError: what is stored of a trial is damaged.
    """
    try:
        trials = study.get_trials(deepcopy=False)
        again = tried_again(trials)
        return [_row(trial, again) for trial in trials]
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        if isinstance(error, KeyError) and gone(study):
            raise
        raise damaged() from error


def _row(trial: FrozenTrial, again: Collection[int]) -> TrialRow:
    attributes = trial.user_attrs
    state = REFUSED if "refused" in attributes else _STATES[trial.state.name]
    reason = attributes.get("refused") or attributes.get("reason") or ""
    unfinished = "interrupted" in attributes or (not reason and trial.system_attrs.get(DEATHS, 0) < MOST_DEATHS)
    if state == FAILED and (trial.number in again or unfinished):
        state = AGAIN
    if not reason and state in (FAILED, AGAIN):
        reason = "Its process ended."
    spent = attributes.get("spent", {})
    return TrialRow(
        trial.number,
        state,
        tuple(map(float, trial.values or ())) if state == TRAINED else (),
        dict(trial.params),
        dict(attributes.get("figures", {})) if state == TRAINED else {},
        str(reason),
        trial.duration.total_seconds() if trial.duration else None,
        int(spent.get("epochs", 0)),
        tuple(spent.get("run_ids", ())),
        FIRST in attributes,
        tuple((int(epoch), float(value)) for epoch, value in spent.get("curve", attributes.get(CURVE, ()))),
    )


def surplus(trial: Trial, most: int | None) -> bool:
    """Whether there are `most` trials without this one, which count or may count; of trials at once the first go on.

    Processes ask for trials at the same time, but the database numbers them one after another.
    """
    if most is None:
        return False
    others = [row for row in rows(trial.study) if row.number != trial.number]
    earlier = sum(row.state in (RUNNING, WAITING) and row.number < trial.number for row in others)
    return earlier + sum(row.counted for row in others) >= most


def front(trials: Iterable[TrialRow], goals: Sequence[str]) -> list[TrialRow]:
    """The trials that no other one dominates; with one goal the best one alone, the earliest of equals."""
    trained = sorted(_with_costs(trials, goals), key=lambda pair: pair[0])  # whoever dominates a trial comes before it
    found: list[TrialRow] = []
    known: list[tuple[float, ...]] = []
    for cost, row in trained:
        # Of two goals, those on the front so far have better and better values of the second: the last one's decides.
        others = known if len(goals) > 2 else known[-1:]
        if not any(all(a <= b for a, b in zip(other, cost, strict=True)) for other in others):
            known.append(cost)
            found.append(row)
    return found


def best(trials: Iterable[TrialRow], goals: Sequence[str]) -> TrialRow | None:
    """The trial that is best at the first goal."""
    return min(_with_costs(trials, goals), key=lambda pair: pair[0], default=((), None))[1]


def _with_costs(trials: Iterable[TrialRow], goals: Sequence[str]) -> list[tuple[tuple[float, ...], TrialRow]]:
    """The trials that were trained to their end, each behind its costs."""
    return [(_costs(row, goals), row) for row in trials if row.values]


def _costs(row: TrialRow, goals: Sequence[str]) -> tuple[float, ...]:
    """Its values as numbers that should be small."""
    return tuple(
        -value if GOALS[goal].greater_is_better else value for goal, value in zip(goals, row.values, strict=True)
    )
