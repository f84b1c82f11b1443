"""Which checkpoints are kept.

Of a run that is not starred, those that `thinned` names are kept; the others go when the next checkpoint is written.
Where the whole store takes more than its budget, these go until it fits: first runs in the trash, the longest there
first; then, of runs that are not starred, the longest ended first, all checkpoints but the best and the last; then, in
the same order, the best. Never thinned are the last checkpoint of a run, those that a saved experiment refers to, and
all of a starred run: where they take more than the budget, the store stays above it, and says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from math import log2
from typing import NamedTuple

from playground.engine.runs.checkpoints import Checkpoint

PER_DOUBLING = 4  # checkpoints that are kept while the number of steps doubles


class Holding(NamedTuple):
    """The checkpoints of a run that is not starred."""

    run_id: str
    checkpoints: Sequence[Checkpoint]
    best_step: int | None
    pinned: Collection[int] = ()  # steps


def thinned(checkpoints: Iterable[Checkpoint], best_step: int | None, pinned: Collection[int] = ()) -> set[Checkpoint]:
    """Those that are kept of a run: the last two, the best, the pinned, and four for each doubling of the steps.

    Learning is fast at first, so those are dense at first. Whether one is kept for its step depends only on those
    before it: one that was kept stays.
    """
    ordered = sorted(checkpoints)
    first: dict[int, Checkpoint] = {}
    for checkpoint in ordered:
        first.setdefault(int(PER_DOUBLING * log2(max(1, checkpoint.step))), checkpoint)
    chosen = (item for item in ordered if item.step == best_step or item.step in pinned)
    return {*first.values(), *ordered[-2:], *chosen}


def above_budget(holdings: Sequence[Holding], excess: int) -> list[tuple[str, Checkpoint]]:
    """List checkpoints to delete until so many bytes are free, as far as the rule allows, each with its run's id.

    Args:
        holdings: the runs, the longest ended first.
        excess: bytes above the budget.
    """
    removed = []
    for run_id, checkpoint in _expendable(holdings):
        if excess <= 0:
            break
        removed.append((run_id, checkpoint))
        excess -= checkpoint.size
    return removed


def _expendable(holdings: Sequence[Holding]) -> Iterator[tuple[str, Checkpoint]]:
    for best in (False, True):
        for run_id, checkpoints, best_step, pinned in holdings:
            for checkpoint in sorted(checkpoints)[:-1]:
                if (checkpoint.step == best_step) is best and checkpoint.step not in pinned:
                    yield run_id, checkpoint
