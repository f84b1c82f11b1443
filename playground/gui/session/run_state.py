"""How a run relates to the shown experiment, and how training would go on from there."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple

from playground.spec.experiment import Experiment
from playground.spec.live_changes import LiveChange, live_changes


class RunState(Enum):
    """State of the run, which determines the transport buttons."""

    LOADING = auto()  # torch is being imported
    IDLE = auto()  # no run yet
    TRAINING = auto()
    PAUSED = auto()
    FINISHED = auto()
    DIVERGED = auto()
    BROKEN = auto()  # torch could not be imported


class Start(Enum):
    """What training would begin with."""

    NEW = auto()  # random weights
    CONTINUE = auto()  # the state of the present run, as if it had not been interrupted
    WEIGHTS = auto()  # the weights of the present network: a new run with a fresh optimizer


class Fit(NamedTuple):
    """What of a run fits the shown experiment."""

    weights: bool  # the network is the one that is shown; its recipe may differ
    changes: tuple[LiveChange, ...] | None  # that the run could adopt; None: something else differs


class FitCache:
    """Compares a run's experiment with the shown one; the result is kept for as long as both are the same objects."""

    def __init__(self) -> None:
        self._latest: tuple[Experiment, Experiment, Fit] | None = None

    def of(self, trained: Experiment | None, shown: Experiment) -> Fit:
        """The fit of a run's experiment; of None nothing fits."""
        if trained is None:
            return Fit(False, None)
        if self._latest is None or self._latest[0] is not trained or self._latest[1] is not shown:
            alike = shown.with_(recipe=trained.recipe, data=trained.data, seed=trained.seed)
            same = trained.data.signature == shown.data.signature
            fit = Fit(same and live_changes(trained, alike) is not None, live_changes(trained, shown))
            self._latest = trained, shown, fit
        return self._latest[2]
