"""Rounds of growing budget for several goals: after e/9 and e/3 of e epochs only the front-most third goes on.

Optuna ends trials early by one figure alone. Here trials are ranked as in NSGA-II (Deb and others, 2002): by the fronts
that are left when those before are taken away, and within a front by the room around them. As in asynchronous
successive halving (Li and others, 2020) nobody waits: a trial is compared with those that came so far before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, inf
from typing import TYPE_CHECKING

import numpy as np

from playground.engine.search.optuna_parts import tried_again

if TYPE_CHECKING:
    from optuna import Trial

SHARE = 3  # one of so many goes on
Costs = tuple[float, ...]  # figures that should be small, one for each goal


def ends_of_rounds(epochs: int) -> tuple[int, ...]:
    """The epochs after which trials are compared, ascending, all below `epochs`."""
    return tuple(sorted({epochs // SHARE**2, epochs // SHARE} - {0}))


def goes_on(trial: Trial, epoch: int, costs: Costs) -> bool:
    """Note the costs of a trial after an epoch, and return whether it is in the front-most third of all so far."""
    key = f"after {epoch}"
    trial.set_user_attr(key, list(costs))
    trials = trial.study.get_trials(deepcopy=False)
    again = tried_again(trials)
    others = [
        tuple(item.user_attrs[key])
        for item in trials
        if key in item.user_attrs and item.number not in again and item.number != trial.number
    ]
    return in_front([costs, *others])


def in_front(costs: Sequence[Costs]) -> bool:
    """Whether the first belongs to the front-most third, rounded up; equals of the last of those belong to it too."""
    values = np.array(costs, dtype=np.float64)  # (N, goals)
    left, places = np.arange(len(values)), ceil(len(values) / SHARE)
    while True:
        front = _front(values[left])
        if 0 in left[front]:
            members = left[front]
            room = _room(values[members])
            own = room[list(members).index(0)]
            return int((room > own).sum()) < places
        places -= len(left[front])
        left = left[~front]
        if places <= 0:
            return False


def _front(values: np.ndarray) -> np.ndarray:
    """Which rows no other row dominates, (N,)."""
    no_worse = (values[:, None] <= values[None]).all(2)
    better = (values[:, None] < values[None]).any(2)
    return np.asarray(~(no_worse & better).any(0))


def _room(values: np.ndarray) -> np.ndarray:
    """The crowding distance of each row of a front, (N,); infinite for those at its ends."""
    found = np.zeros(len(values))
    for column in values.T:
        order = np.argsort(column, kind="stable")
        span = column[order[-1]] - column[order[0]]
        ends = (column == column[order[0]]) | (column == column[order[-1]])
        found[ends] = inf
        if span > 0:
            found[order[1:-1]] += (column[order[2:]] - column[order[:-2]]) / span
    return found
