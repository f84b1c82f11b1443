"""The band of several runs: mean, least and greatest value of a figure at the end of each epoch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from math import isfinite
from statistics import fmean
from typing import Literal, NamedTuple

from playground.engine.training.snapshots import Epoch, Snapshot

Figure = Literal["train_loss", "train_score", "validation_loss", "validation_score"]  # fields of `Epoch`

_SUMMARIES: tuple[Callable[[Sequence[float]], float], ...] = (fmean, min, max)


class Band(NamedTuple):
    """A figure of several runs by epoch; all five have one entry for each epoch that a run has a value of."""

    epochs: tuple[int, ...]  # from 1, ascending
    mean: tuple[float, ...]
    low: tuple[float, ...]  # the least value
    high: tuple[float, ...]  # the greatest value
    counts: tuple[int, ...]  # runs with a value: fewer where some ended earlier, or their value is not finite


def band(runs: Iterable[Iterable[Snapshot]], figure: Figure) -> Band:
    """The band of a figure over the curves of several runs.

    Args:
        runs: the snapshots of each, see `StoredRun.curves`.
        figure: of an epoch. Where a run has no finite value of it, the run does not count in that epoch.
    """
    values: dict[int, list[float]] = defaultdict(list)
    for epoch in (item for snapshots in runs for item in snapshots if isinstance(item, Epoch)):
        value: float | None = getattr(epoch, figure)
        if value is not None and isfinite(value):
            values[epoch.epoch].append(value)
    epochs = tuple(sorted(values))
    columns = [values[number] for number in epochs]
    mean, low, high = (tuple(of(column) for column in columns) for of in _SUMMARIES)
    return Band(epochs, mean, low, high, tuple(map(len, columns)))
