"""The horizontal axis: epochs, steps or seconds, and the positions of a run's epochs on it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from playground.engine.training.snapshots import Epoch

_FAR = 1e6  # epochs before the first and after the last known position
_LEAST = 1e-9  # units per epoch: positions increase


class Axis(Enum):
    """The quantity on the horizontal axis of both plots."""

    EPOCH = "epoch"
    STEP = "step"
    TIME = "time"  # seconds of training and validation, without pauses


class Timeline(NamedTuple):
    """Positions of one run: linear between the ends of its epochs, and at a constant rate before and after them."""

    epochs: NDArray[np.float64]  # (k,), ascending
    places: NDArray[np.float64]  # (k,), ascending, in the unit of the axis

    def place(self, epochs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Positions on the axis."""
        return np.interp(epochs, self.epochs, self.places)

    def place_of(self, epochs: float) -> float:
        """The position of one point on the axis."""
        return float(np.interp(epochs, self.epochs, self.places))

    def epochs_at(self, place: float) -> float:
        """The epochs at a position on the axis."""
        return float(np.interp(place, self.places, self.epochs))


IN_EPOCHS = Timeline(np.array([-_FAR, 0.0, _FAR]), np.array([-_FAR, 0.0, _FAR]))


def timeline(axis: Axis, epochs: Sequence[Epoch], steps_per_epoch: int, elapsed: float) -> Timeline:
    """The positions of a run.

    Args:
        axis: the quantity on the axis.
        epochs: the completed epochs in order.
        steps_per_epoch: the steps of an epoch that is not completed.
        elapsed: the seconds of an epoch, where none is completed.
    """
    if axis is Axis.EPOCH:
        return IN_EPOCHS
    first: float
    last: float
    begun = 0
    if axis is Axis.STEP:
        ends: list[float] = [epoch.step for epoch in epochs]
        first = last = steps_per_epoch
    else:
        first, last = (epochs[0].seconds, epochs[-1].seconds) if epochs else (elapsed, elapsed)
        begun = epochs[0].epoch - 1 if epochs else 0  # above 0 where a run is known from a later epoch on only
        ends = (begun * first + np.cumsum([epoch.seconds for epoch in epochs])).tolist()
    at = [float(begun), *(epoch.epoch for epoch in epochs)]
    places = [begun * first, *ends]
    return Timeline(
        np.array([-_FAR, *at, at[-1] + _FAR]),
        np.array([-_FAR * max(first, _LEAST), *places, places[-1] + _FAR * max(last, _LEAST)]),
    )
