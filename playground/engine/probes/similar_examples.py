"""The training examples that the last hidden layer of a network takes for nearly the same as an example."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from torch import nn

from playground.engine.data.in_memory import Subset
from playground.engine.probes.hidden_features import features_of
from playground.spec.check.shapes import totals, walk
from playground.spec.experiment import Experiment

Floats = npt.NDArray[np.float32]

MOST_EXAMPLES = 10_000
_FEWEST = 100
_MOST_NUMBERS = 16_000_000  # of the features of all examples together, which are kept: 64 MB
_MOST_WORK = 150e9  # FLOPs of all examples together: some seconds on one core


class Nearest(NamedTuple):
    """The nearest of some examples, the nearest first."""

    indices: tuple[int, ...]
    distances: tuple[float, ...]  # Euclidean


def sample_count(experiment: Experiment, width: int, available: int) -> int:
    """How many examples are compared where each has `width` features: as many as memory and time are kept for."""
    flops = totals(walk(experiment.stack, experiment.data.sample_shape)).flops
    affordable = max(_FEWEST, int(_MOST_WORK / max(1, flops)))
    return max(1, min(MOST_EXAMPLES, affordable, _MOST_NUMBERS // max(1, width), available))


class TrainingFeatures:
    """The features of the first `count` samples of a part, computed slice by slice; `step`: see `features_of`."""

    def __init__(self, part: Subset, count: int, chunk: int, step: int | None = None) -> None:
        self._part, self._count, self._chunk, self._step = part, count, chunk, step
        self._slices: list[Floats] = []
        self._done = 0  # samples
        self._values: Floats | None = None

    @property
    def values(self) -> Floats | None:
        """The features (count, D), once all are computed."""
        return self._values

    def advance(self, network: nn.Sequential, experiment: Experiment) -> None:
        """Compute the next slice; the network must be the same each time."""
        stop = min(self._done + self._chunk, self._count)
        inputs, _ = self._part.cut(self._done, stop)
        self._slices.append(features_of(experiment, network, inputs, self._step)[0].cpu().numpy())
        self._done = stop
        if stop == self._count:
            self._values, self._slices = np.concatenate(self._slices), []


def nearest(features: Floats, wanted: Floats, count: int = 5) -> Nearest:
    """The rows of `features` (N, D) nearest to `wanted` (D,) by Euclidean distance; of equal ones the first.

    Cover and Hart, 1967, Nearest Neighbor Pattern Classification. Differences are taken before they are squared, so
    that small distances are exact.
    """
    distances = np.concatenate(
        [np.linalg.norm((some - wanted).astype(np.float64), axis=1) for some in np.array_split(features, 16)]
    )
    order = np.argsort(distances, kind="stable")[:count]
    return Nearest(tuple(order.tolist()), tuple(distances[order].tolist()))
