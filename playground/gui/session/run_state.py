"""How a run relates to the shown experiment, and how training would go on from there."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from playground.spec.check.shapes import LayerShape, walk
from playground.spec.container import unfrozen
from playground.spec.experiment import Experiment
from playground.spec.kept_layers import KeptLayers, kept_layers
from playground.spec.layer import Stack
from playground.spec.live_changes import LiveChange, live_changes

if TYPE_CHECKING:
    from playground.gui.session.worker_mailbox import Weights


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
    """The point from which training would begin."""

    NEW = auto()  # random weights
    CONTINUE = auto()  # the state of the present run, as if it had not been interrupted
    WEIGHTS = auto()  # the weights of the present network that fit: a new run with a fresh optimizer


class Fit(NamedTuple):
    """The parts of a run that fit the shown experiment."""

    weights: bool  # the network is the one that is shown; its recipe, and which layers are frozen, may differ
    changes: tuple[LiveChange, ...] | None  # that the run could adopt; None: something else differs
    unrelated: bool = False  # another stack for data of another kind: it is no edit of the run's network


def fit(trained: Experiment | None, shown: Experiment) -> Fit:
    """The fit of a run's experiment; of None nothing fits."""
    if trained is None:
        return Fit(False, None)
    same = trained.data.signature == shown.data.signature
    alike = _alike(trained, shown)
    return Fit(same and alike, live_changes(trained, shown), not same and not alike)


class FitCache:
    """Compares a run's experiment with the shown one; the result is kept for as long as both are the same objects."""

    def __init__(self) -> None:
        self._latest: tuple[Experiment, Experiment, Fit] | None = None
        self._kept: tuple[Experiment, tuple[LayerShape, ...], tuple[LayerShape, ...], KeptLayers] | None = None

    def of(self, trained: Experiment | None, shown: Experiment) -> Fit:
        """The fit of a run's experiment; of None nothing fits."""
        if trained is None:
            return Fit(False, None)
        if self._latest is None or self._latest[0] is not trained or self._latest[1] is not shown:
            self._latest = trained, shown, fit(trained, shown)
        return self._latest[2]

    def kept(self, trained: Experiment, rows: tuple[LayerShape, ...]) -> KeptLayers:
        """The layers that could keep weights of the run's network; `rows` are those of the shown stack."""
        if self._kept is None or self._kept[0] is not trained or self._kept[2] is not rows:
            known = self._kept is not None and self._kept[0] is trained
            before = self._kept[1] if self._kept and known else walk(trained.stack, trained.data.sample_shape)
            self._kept = trained, before, rows, kept_layers(before, rows)
        return self._kept[3]


class RefusalCache:
    """Weights as of the shown experiment's refusal, which may be set after a training: the same object each time."""

    def __init__(self) -> None:
        self._experiment: tuple[Experiment, Experiment] | None = None  # of the weights, and with the refusal
        self._weights: tuple[Weights, Weights] | None = None

    def applied(self, weights: Weights, shown: Experiment) -> Weights:
        """The weights, with `refuse_below` of the shown experiment."""
        own, wanted = weights.experiment, shown.refuse_below
        if own.refuse_below == wanted:
            return weights
        if self._experiment is None or self._experiment[0] is not own or self._experiment[1].refuse_below != wanted:
            self._experiment, self._weights = (own, own.with_(refuse_below=wanted)), None
        if self._weights is None or self._weights[0] is not weights:
            self._weights = weights, replace(weights, experiment=self._experiment[1])
        return self._weights[1]


def _alike(trained: Experiment, shown: Experiment) -> bool:
    """Whether the stacks are the same but for live fields, and layers that are frozen."""
    if trained.stack == shown.stack:
        return True
    stacks = (Stack(layers=tuple(map(unfrozen, item.stack.layers))) for item in (trained, shown))
    before, after = (trained.with_(stack=stack) for stack in stacks)
    return live_changes(before, after) is not None
