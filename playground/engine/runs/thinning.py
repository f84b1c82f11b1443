"""Which checkpoints are kept.

Of a run that is not starred, those that `thinned` names are kept; the others go when the next checkpoint is written.
Where the whole store takes more than its budget, these go until it fits: first runs in the trash, the longest there
first; then, of runs that are not starred, the longest ended first, all checkpoints but the best and the last; then, in
the same order, the best. The last checkpoint of a run is never thinned, and none of a starred run: where they take more
than the budget, the store stays above it, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import log2
from typing import NamedTuple

from playground.engine.runs.checkpoints import Checkpoint

PER_DOUBLING = 4  # checkpoints that are kept while the number of steps doubles


class Holding(NamedTuple):
    """The checkpoints of a run that is not starred."""

    run_id: str
    checkpoints: Sequence[Checkpoint]
    best_step: int | None


def thinned(checkpoints: Iterable[Checkpoint], best_step: int | None) -> set[Checkpoint]:
    """Those that are kept of a run: the last two, the best, and four for each doubling of the number of steps.

    Learning is fast at first, so those are dense at first. Whether one is kept for its step depends only on those
    before it: one that was kept stays.
    """
    ordered = sorted(checkpoints)
    first: dict[int, Checkpoint] = {}
    for checkpoint in ordered:
        first.setdefault(int(PER_DOUBLING * log2(max(1, checkpoint.step))), checkpoint)
    return {*first.values(), *ordered[-2:], *(item for item in ordered if item.step == best_step)}


def above_budget(holdings: Sequence[Holding], excess: int) -> list[tuple[str, Checkpoint]]:
    """What is deleted so that so many bytes become free, as far as the rule allows it: the run's id and a checkpoint.

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
        for run_id, checkpoints, best_step in holdings:
            for checkpoint in sorted(checkpoints)[:-1]:
                if (checkpoint.step == best_step) is best:
                    yield run_id, checkpoint
