"""One line for a stored run, or mean and band of several, to be drawn below the present one."""

from __future__ import annotations

from collections.abc import Iterator
from math import nan
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from playground.engine.runs.figure_band import Band, Figure, band
from playground.engine.runs.run_record import RunError
from playground.engine.training.snapshots import Epoch
from playground.gui.curves.axis import Axis, Timeline, timeline
from playground.gui.curves.history import History
from playground.gui.curves.series import Column, Series
from playground.gui.style.run_colors import OverlaidRun
from playground.spec.data.task import Score
from playground.spec.messages import message

if TYPE_CHECKING:
    from playground.engine.runs.store import RunStore

_SPAN = 100  # batches over which the training of a run without validation is averaged, see `History`
_WITHIN = 2.0  # seconds to wait for reports of a run that has just ended to be on disk


class Edges(NamedTuple):
    """The least and the greatest values of several runs."""

    low: Series
    high: Series


class StoredCurve(NamedTuple):
    """Validation after each epoch, or the moving average of the batches of a run without validation.

    Of several runs, it is the mean over them after each epoch.
    """

    x: Column  # epochs
    loss: Series
    score: Series
    steps_per_epoch: int  # points per epoch
    validated: bool  # whether it is the validation
    measure: Score  # the meaning of `score`
    timelines: dict[Axis, Timeline]  # its epochs on each axis
    loss_edges: Edges | None = None  # None for one run
    score_edges: Edges | None = None

    @property
    def losses(self) -> Iterator[Series]:
        """All losses that are drawn."""
        yield self.loss
        yield from self.loss_edges or ()

    @property
    def scores(self) -> Iterator[Series]:
        """All scores that are drawn."""
        yield self.score
        yield from self.score_edges or ()

    @property
    def end(self) -> float:
        """The last position in epochs."""
        return float(self.x.values[-1])

    def timeline(self, axis: Axis) -> Timeline:
        """The positions of its epochs on an axis."""
        return self.timelines[axis]


class Overlay(NamedTuple):
    """A run that is drawn below the present one."""

    run: OverlaidRun
    curve: StoredCurve


def read_curve(store: RunStore, run_id: str) -> StoredCurve:
    """Read the curve of a run; takes about 0.1 s for 20,000 steps.

    Raises:
        RunError: the run is damaged or missing, or has learned nothing yet.
    """
    store.flush(_WITHIN)
    run = store.open(run_id)
    experiment, task = run.experiment, run.experiment.data.task
    per_epoch = max(experiment.recipe.steps_per_epoch(experiment.data.train_count), 1)
    history = History(run.record.name, experiment.recipe.epochs, per_epoch, _SPAN, task)
    history.add(run.curves())
    if not len(history):
        raise RunError(message("It has learned nothing yet."))
    elapsed = run.record.figures.seconds / history.end  # the reports themselves do not say when they came
    timelines = {axis: timeline(axis, history.epochs, per_epoch, elapsed) for axis in Axis}
    if not history.validated:
        loss, score = history.smooth_loss.series, history.smooth_score.series
        density = max(round(len(history) / history.end), 1)  # another batch size may have been chosen in between
        return StoredCurve(history.x, loss, score, density, False, task.score, timelines)
    loss, score = Series(), Series()
    loss.extend(history.validation_loss.values)
    score.extend(history.validation_score.values)
    return StoredCurve(history.ends, loss, score, 1, True, task.score, timelines)


def read_group(store: RunStore, group: str) -> tuple[int, StoredCurve]:
    """The number of runs of a group that have ended, and their mean and band after each epoch.

    Raises:
        RunError: one is damaged, or fewer than two have ended, or none of them has completed an epoch.
    """
    store.flush(_WITHIN)
    runs = [store.open(row.run_id) for row in store.runs() if row.group == group and row.ended is not None]
    if len(runs) < 2:
        raise RunError(message("Mean and band need at least two runs that have ended."))
    told = [run.curves() for run in runs]
    epochs = max(([item for item in one if isinstance(item, Epoch)] for one in told), key=len, default=[])
    if not epochs:
        raise RunError(message("None of its runs has completed an epoch."))
    validated = any(item.validation_loss is not None for item in epochs)
    figures: tuple[Figure, Figure] = ("train_loss", "train_score")
    if validated:
        figures = ("validation_loss", "validation_score")
    x = Column(np.float64)
    x.extend([item.epoch for item in epochs])
    (loss, *loss_edges), (score, *score_edges) = (_on(x, band(told, figure)) for figure in figures)
    task = runs[0].experiment.data.task
    timelines = {axis: timeline(axis, epochs, 1, 0.0) for axis in Axis}
    edges = Edges(*loss_edges), Edges(*score_edges)
    return len(runs), StoredCurve(x, loss, score, 1, validated, task.score, timelines, *edges)


def _on(epochs: Column, found: Band) -> tuple[Series, Series, Series]:
    """Mean, least and greatest values at these epochs; NaN where there is none."""
    columns = []
    for values in (found.mean, found.low, found.high):
        known = dict(zip(found.epochs, values, strict=True))
        series = Series()
        series.extend([known.get(int(epoch), nan) for epoch in epochs.values])
        columns.append(series)
    return columns[0], columns[1], columns[2]
