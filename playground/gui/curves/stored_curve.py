"""One line for a stored run, to be drawn below the present one: only the points that drawing needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from playground.engine.runs.run_record import RunError
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


class StoredCurve(NamedTuple):
    """Validation after each epoch, or the moving average of the batches of a run without validation."""

    x: Column  # epochs
    loss: Series
    score: Series
    steps_per_epoch: int  # points per epoch
    validated: bool  # whether it is the validation
    measure: Score  # the meaning of `score`
    timelines: dict[Axis, Timeline]  # its epochs on each axis

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
