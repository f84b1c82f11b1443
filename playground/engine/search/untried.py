"""Untried combinations of a space whose values can be counted, so that a search of it ends when all were tried."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from playground.engine.search.optuna_parts import grid_points
from playground.engine.search.plan import Plan
from playground.spec.search.domain import Domain, Interval, Scalar

if TYPE_CHECKING:
    from optuna import Study

MOST = 2000  # combinations of values, above which a search hardly tries them all


def untried(study: Study, plan: Plan) -> dict[str, Scalar] | None:
    """Values, by key, that no trial has had, in order of the ranges; empty if none are left.

    Trials that run or wait have theirs. None where the values cannot be counted, are more than `MOST`, or trials wait.
    """
    from optuna.trial import TrialState

    points = countable(plan)
    if points is None:
        return None
    trials = study.get_trials(deepcopy=False)
    if any(trial.state == TrialState.WAITING for trial in trials):
        return None
    tried = {tuple(trial.params[key] for key in points) for trial in trials if trial.params.keys() >= points.keys()}
    left = (values for values in product(*points.values()) if values not in tried)
    return dict(zip(points, next(left, ()), strict=False))


def countable(plan: Plan) -> dict[str, Sequence[Scalar]] | None:
    """All values of each range; None where they cannot be counted, or are more than `MOST` together."""
    points = _points(plan)
    return None if points is None or prod(map(len, points.values())) > MOST else points


def _points(plan: Plan) -> dict[str, Sequence[Scalar]] | None:
    """All values of each range; those of the grid, where that is what is searched."""
    if plan.sampler == "grid":
        return dict(grid_points(plan))
    found: dict[str, Sequence[Scalar]] = {}
    for key, domain in plan.space.domains(plan.experiment).items():
        values = _values(domain)
        if values is None:
            return None
        found[key] = values
    return found


def _values(domain: Domain) -> Sequence[Scalar] | None:
    if not isinstance(domain, Interval):
        return domain.values
    return range(int(domain.low), int(domain.high) + 1) if domain.whole else None
