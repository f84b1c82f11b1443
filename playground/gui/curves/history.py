"""The reports of a run, stored as columns: the data of the curves, the crosshair and the exported table."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from copy import copy
from math import nan
from time import monotonic
from typing import NamedTuple

import numpy as np

from playground.engine.training.snapshots import (
    Change,
    Diverged,
    Epoch,
    Evaluating,
    Finished,
    Probed,
    Snapshot,
    Step,
    Terms,
)
from playground.gui.curves.axis import IN_EPOCHS, Axis, Timeline, timeline
from playground.gui.curves.series import Column, Series
from playground.gui.curves.smoothing import Floats, Smoothed
from playground.spec.data.task import Task, score_of
from playground.spec.experiment import Experiment
from playground.spec.recipe.running_mean import running_mean_steps

_VERY_LONG = 500_000  # batches from which loss and score are averaged in separate calls


class HistoryValues(NamedTuple):
    """The values of a run at one position; missing values are None."""

    x: float  # epochs, fractional
    step: int
    loss: float
    terms: dict[str, float]  # terms that were ever nonzero, by their names in `Terms`
    score: float  # 0 to 1
    averaged: int  # maximum number of steps, ending with this one, that loss and score are averaged over
    learning_rate: float
    epoch: int | None  # the nearest completed epoch, to which the validation values belong
    validation_loss: float | None
    validation_score: float | None
    validation_plain_loss: float | None = None  # without label smoothing, if there is any


def _mean(sums: Floats) -> Floats:
    """Means from sums of weighted values and sums of weights."""
    return _divided(sums[0], sums[1], nan)


def _divided(above: Floats, below: Floats, otherwise: float) -> Floats:
    """`spec.data.task.divided` for arrays."""
    quotients = np.full(len(above), otherwise)
    np.divide(above, below, out=quotients, where=below > 0)
    return quotients


class History:
    """The history of a run from its first batch on."""

    def __init__(
        self,
        name: str,
        epochs: int,
        steps_per_epoch: int,
        span: int = 1,
        task: Task | None = None,
        against: tuple[str, str] = ("", ""),
        experiment: Experiment | None = None,
    ) -> None:
        """Create an empty history.

        Args:
            name: the name of the run.
            epochs: the number of epochs in its recipe.
            steps_per_epoch: the number of batches in the first epoch.
            span: the maximum number of steps that loss and score are averaged over.
            task: computes a score from sums over batches; without a task or without sums, the scores are averaged.
            against: the references that training, and validation and test, are compared with, see `Dataset`.
            experiment: the experiment that the run began with.
        """
        if steps_per_epoch < 1:
            raise ValueError(f"an epoch needs at least 1 step, not {steps_per_epoch}")
        self.name, self.asked_epochs, self.steps_per_epoch = name, epochs, steps_per_epoch
        self.run_id = ""  # of the stored run; empty if there is none, or it is not known yet
        self._placed, self._placed_at = IN_EPOCHS, (Axis.EPOCH, 0)  # the last result of `timeline`, and what it is for
        self._began: float | None = None  # when the first report arrived, and when the last step did
        self._latest = 0.0
        self.steps_before = 0  # the run's first, if it is shown from a later one on
        self.x = Column(np.float64)  # progress of the run after each batch, in epochs
        self.loss, self.score = Series(), Series()
        self.terms: dict[str, Series] = {}  # terms that were ever nonzero, by their names in `Terms`
        self.learning_rate = Column(np.float32)
        self.samples = Column(np.float32)  # number of samples in each batch
        self.counts = Column(np.float32)  # weight of each batch in the mean loss
        self.sums: tuple[Column, ...] = ()  # per batch, the sums from which the score is computed, see `Step`
        self._task = task
        self.against, self.experiment = against, experiment
        span = self._span(span)
        self.smooth_loss = Smoothed(self.loss, self._weighted(self.loss, self.counts), _mean, span)
        self.smooth_score = Smoothed(self.score, self._score_parts, self._score_whole, span)
        self.epochs: list[Epoch] = []
        self.ends = Column(np.float64)  # epochs
        self.validation_loss, self.validation_score = Column(np.float64), Column(np.float64)  # NaN if not evaluated
        self.changes: list[Change] = []
        self.diverged: Diverged | None = None
        self.finished: Finished | None = None

    def __len__(self) -> int:
        return len(self.x)

    @property
    def end(self) -> float:
        """The progress of the run, in epochs."""
        return float(self.x.values[-1]) if len(self) else 0.0

    @property
    def failed_at(self) -> float | None:
        """The position in epochs at which the loss was not finite; None if it always was."""
        if self.diverged is None:
            return None
        after_last = self.diverged.step > self.steps_before + len(self)
        return self.end + 1.0 / self.steps_per_epoch if after_last else self.end

    def progress_after(self, step: int) -> float:
        """The progress after that many batches of the run, in epochs."""
        count = self.count_until(step)
        return float(self.x.values[count - 1]) if count else 0.0

    def count_until(self, step: int) -> int:
        """The number of batches here that are among the first `step` of the run."""
        return max(0, min(step - self.steps_before, len(self)))

    @property
    def validated(self) -> bool:
        """Whether the run has validation results, finite ones, for a comparison."""
        columns = (self.validation_loss, self.validation_score)
        return all(bool(np.isfinite(column.values).any()) for column in columns)

    @property
    def stage(self) -> tuple[object, ...]:
        """A value that changes with every report except a step."""
        ended = self.diverged is not None, self.finished is not None
        spans = self.smooth_loss.span, self.smooth_score.span
        return len(self.epochs), len(self.changes), *ended, *self.terms, *spans, len(self) > 0

    def timeline(self, axis: Axis) -> Timeline:
        """The positions of its epochs on an axis; the duration of the first one is estimated until it is over."""
        key = axis, len(self.epochs)
        if key != self._placed_at or not self.epochs:
            elapsed = (self._latest - self._began) / self.end if self._began is not None and self.end else 0.0
            self._placed_at, self._placed = key, timeline(axis, self.epochs, self.steps_per_epoch, elapsed)
        return self._placed

    def add(self, snapshots: Sequence[Snapshot]) -> None:
        """Append reports of the run, in order."""
        steps: list[Step] = []
        for snapshot in snapshots:
            match snapshot:
                case Step():
                    steps.append(snapshot)
                    self.finished = None  # the run was continued
                case Epoch():
                    self._append_epoch(snapshot)
                case Change():
                    self.changes.append(snapshot)
                case Diverged():
                    self.diverged = snapshot
                case Finished():
                    self.finished = snapshot
                case Evaluating() | Probed():
                    pass  # is not drawn
        self._latest = monotonic()
        self._began = self._began or self._latest
        if steps:
            self._append(steps)

    def smooth(self, span: int) -> bool:
        """Average loss and score over at most the last `span` batches from now on; 1 disables averaging.

        The span is limited to half an epoch and to a share of the steps made so far, see `running_mean_steps`.

        For a very long run each call averages only one of the two, because both take longer than a frame. Returns
        whether both are done; if not, call it again.
        """
        span = self._span(span)
        for smoothed in (self.smooth_loss, self.smooth_score):
            if smoothed.span != span:
                smoothed.restart(span)
                if len(self) >= _VERY_LONG:
                    break
        return self.smooth_score.span == span

    def at(self, x: float) -> HistoryValues | None:
        """The values of the batch and of the epoch end nearest to `x` epochs; None before the first batch."""
        if not len(self):
            return None
        progress = self.x.values
        right = min(self.x.insertion_index(x), len(progress) - 1)
        i = right - 1 if right and x - progress[right - 1] < progress[right] - x else right
        epoch = self._epoch_nearest(x)
        return HistoryValues(
            x=float(progress[i]),
            step=self.steps_before + i + 1,
            loss=float(self.smooth_loss.series.values[i]),
            terms={name: float(series.values[i]) for name, series in self.terms.items()},
            score=float(self.smooth_score.series.values[i]),
            averaged=running_mean_steps(i + 1, self.smooth_loss.span),
            learning_rate=float(self.learning_rate.values[i]),
            epoch=epoch.epoch if epoch else None,
            validation_loss=epoch.validation_loss if epoch else None,
            validation_score=epoch.validation_score if epoch else None,
            validation_plain_loss=epoch.validation_plain_loss if epoch else None,
        )

    def copied(self) -> History:
        """A copy of the current state that does not change while this run continues; the columns share their memory."""
        twin = copy(self)
        for name, value in vars(self).items():
            if isinstance(value, Column):
                setattr(twin, name, copy(value))
        twin.terms = {name: copy(series) for name, series in self.terms.items()}
        twin.sums = tuple(map(copy, self.sums))
        twin.epochs, twin.changes = list(self.epochs), list(self.changes)
        return twin

    def _epoch_nearest(self, x: float) -> Epoch | None:
        after = bisect_left(self.epochs, x, key=lambda epoch: epoch.epoch)
        near = self.epochs[max(after - 1, 0) : after + 1]
        return min(near, key=lambda epoch: abs(epoch.epoch - x), default=None)

    def _span(self, wanted: int) -> int:
        return max(1, min(wanted, self.steps_per_epoch // 2))

    def _weighted(self, values: Series, counts: Column) -> Callable[[int, int], Floats]:
        """A function that returns values times weights, and the weights: the sums of both give a weighted mean."""

        def parts(first: int, last: int) -> Floats:
            times = counts.values[first:last].astype(np.float64)
            return np.stack((values.values[first:last] * times, times))

        return parts

    def _score_parts(self, first: int, last: int) -> Floats:
        if not self.sums:
            return self._weighted(self.score, self.samples)(first, last)
        columns = (*self.sums, self.samples)
        return np.stack([column.values[first:last].astype(np.float64) for column in columns])

    def _score_whole(self, sums: Floats) -> Floats:
        if self._task is None or not self.sums:
            return _mean(sums)
        whole: Floats = score_of(self._task.score, tuple(sums[:-1]), sums[-1] * self._task.positions, _divided)
        return whole

    def _append_sums(self, before: int, sums: Sequence[tuple[float, ...]]) -> None:
        if self._task is not None and not before:
            self.sums = tuple(Column(np.float64) for _ in sums[0])
        if self.sums:
            for column, values in zip(self.sums, zip(*sums, strict=True), strict=True):
                column.extend(values)

    def _append_epoch(self, epoch: Epoch) -> None:
        self.epochs.append(epoch)
        self.ends.extend([epoch.epoch])
        for column, value in (
            (self.validation_loss, epoch.validation_loss),
            (self.validation_score, epoch.validation_score),
        ):
            column.extend([nan if value is None else value])

    def _append(self, steps: list[Step]) -> None:
        before = len(self)
        if not before:
            self.steps_before = steps[0].step - 1
        _, x, loss, terms, score, rate, samples, sums, _ = zip(*steps, strict=True)
        self.x.extend(x)
        self.loss.extend(loss)
        self.score.extend(score)
        self.learning_rate.extend(rate)
        self.samples.extend(samples)
        self.counts.extend([step.counts for step in steps])
        self._append_sums(before, sums)
        for name, values in zip(Terms._fields, zip(*terms, strict=True), strict=True):
            if name not in self.terms and any(values):
                self.terms[name] = Series()
                self.terms[name].extend(np.zeros(before, np.float32))
            if name in self.terms:
                self.terms[name].extend(values)
        self.smooth_loss.follow()
        self.smooth_score.follow()
