"""Progress of a run, its speed, and the remaining time."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

from playground.engine.evaluation.run_summary import present_epoch
from playground.engine.training.snapshots import Change, Diverged, Epoch, Evaluating, Finished, Snapshot, Step
from playground.spec.data.dataset import Dataset
from playground.spec.experiment import Experiment

WINDOW = 2.0  # seconds over which the speed is measured


class Progress:
    """Accumulates snapshots; the speed is measured over the last seconds of training without pauses."""

    def __init__(self) -> None:
        self.epochs = 0
        self.done = 0.0  # epochs, fractional
        self.samples = Dataset.samples  # unit of the speed,
        self._units = 1  # and the number of these units in a sample
        self.step = 0
        self.evaluating = ""  # "validation" or "test" while one is in progress,
        self.evaluated = (0, 0)  # and its number of samples done, and in all
        self.finished: Finished | None = None
        self.diverged: Diverged | None = None
        self.samples_per_second: float | None = None
        self._times: list[tuple[float, int, float]] = []  # (time, images, epochs) since the last pause
        self._images = 0

    def begin(self, experiment: Experiment) -> None:
        """Start over with a new run."""
        Progress.__init__(self)
        self.epochs = experiment.recipe.epochs
        self.samples, self._units = experiment.data.units

    def resume(self, epochs: int) -> None:
        """Go on with a run that had ended, to that number of epochs in all."""
        self.epochs, self.finished = epochs, None
        self.pause()

    @property
    def epoch(self) -> int:
        """The current epoch, or the last completed one, from 1."""
        return present_epoch(self.done)

    @property
    def fraction(self) -> float:
        """Completed share of the run, 0 to 1."""
        return min(1.0, self.done / self.epochs) if self.epochs else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Remaining time at the current speed; None until the speed is known."""
        if len(self._times) < 2 or self.finished:
            return None
        (began, _, first), (ended, _, last) = self._times[0], self._times[-1]
        return (self.epochs - self.done) * (ended - began) / (last - first) if last > first else None

    def pause(self) -> None:
        """Discard the measured speed: the next snapshot comes after a pause."""
        self._times.clear()

    def add(self, snapshots: Sequence[Snapshot]) -> None:
        """Add the snapshots since the last call."""
        for snapshot in snapshots:
            if isinstance(snapshot, Step):
                self.step, self.done, self.finished = snapshot.step, snapshot.epochs, None
                self._images += snapshot.samples
                self.evaluating, self.finished = "", None  # a run that had ended was continued
            elif isinstance(snapshot, Evaluating):
                self.evaluating, self.evaluated = snapshot.what, (snapshot.done, snapshot.total)
            elif isinstance(snapshot, Epoch):
                self.evaluating = ""
            elif isinstance(snapshot, Change) and snapshot.field == "recipe.epochs":
                self.epochs = int(snapshot.new)
            elif isinstance(snapshot, Diverged):
                self.diverged = snapshot
            elif isinstance(snapshot, Finished):
                self.finished, self.evaluating = snapshot, ""
        self._measure()

    def _measure(self) -> None:
        now = perf_counter()
        self._times.append((now, self._images, self.done))
        while len(self._times) > 2 and now - self._times[0][0] > WINDOW:
            self._times.pop(0)
        (began, first, _), (ended, last, _) = self._times[0], self._times[-1]
        if ended > began:
            self.samples_per_second = self._units * (last - first) / (ended - began)
