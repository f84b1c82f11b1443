"""The ranges and ticks of the axes: round limits that rarely change and are robust against outliers."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, inf, log10
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from playground.gui.curves.axis import Axis
from playground.gui.curves.history import History
from playground.gui.curves.series import Column
from playground.gui.curves.stored_curve import StoredCurve
from playground.spec.number_text import fixed_text, setting_text

_SAMPLE = 1024  # number of values from which percentiles are computed
_FIRST = 0.01  # share of a run: its length until that much is done
_EARLY = 0.1  # share of a run: if it diverged before, the range ends soon after that
_ACCURACY_FLOORS = (98.0, 95.0, 90.0, 80.0, 70.0, 60.0, 50.0, 30.0, 0.0)  # per cent
_LOSS_TOPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


class Range(NamedTuple):
    """A range in plot coordinates: epochs, loss or its decimal logarithm, per cent."""

    low: float
    high: float

    def joined(self, other: Range) -> Range:
        """The smallest range that contains both."""
        return Range(min(self.low, other.low), max(self.high, other.high))


class Tick(NamedTuple):
    """A labelled position on an axis."""

    at: float
    text: str


def epochs_range(present: History | None, previous: History | None) -> Range:
    """The epochs of the recipe, or of the run if it has more.

    A run that is less than a hundredth done, or that diverged early, would be a single point in that range; it gets a
    smaller range.
    """
    run = present if present is not None else previous
    if run is None:
        return Range(0.0, 1.0)
    whole = max(run.asked_epochs, ceil(run.end), 1)
    if run.failed_at is not None and run.end < _EARLY * whole:
        return Range(0.0, _round_up(1.5 * run.failed_at))
    if len(run) and not run.finished and run.end < _FIRST * whole:
        return Range(0.0, _FIRST * whole)
    return Range(0.0, float(whole))


def axis_range(
    axis: Axis, present: History | None, previous: History | None, overlays: Sequence[StoredCurve] = ()
) -> Range:
    """The same on an axis, and all of the overlaid runs."""
    run = present if present is not None else previous
    high = epochs_range(present, previous).high
    highs = [high if run is None else run.timeline(axis).place_of(high)] if run or not overlays else []
    highs += [curve.timeline(axis).place_of(ceil(curve.end)) for curve in overlays]
    return Range(0.0, max(highs))


def loss_range(present: History | None, previous: History | None, overlays: Sequence[StoredCurve] = ()) -> Range:
    """From zero to a round loss above all validation losses and 98 % of the batches of the present run.

    Of an overlaid run, the line is in the range up to ten times its upper quartile.

    An exploding loss leaves the plot at the top instead of flattening the rest of the curve: the range ends at four
    times the initial loss or at ten times the lower quartile, whichever is larger; if the run diverged, at the former.
    """
    tops = []
    if present is not None and len(sample := present.loss.sample(_SAMPLE)):
        limit = 4.0 * float(sample[0])
        if not present.diverged:
            limit = max(limit, 10.0 * float(np.percentile(sample, 25)))
        highest = max(float(np.percentile(sample, 98)), _finite(present.validation_loss).max(initial=0.0))
        tops.append(min(highest, limit))
    if previous is not None and len(sample := previous.loss.sample(_SAMPLE)):
        highest = float(_finite(previous.validation_loss).max(initial=0.0)) or float(np.percentile(sample, 75))
        tops.append(min(highest, 10.0 * float(np.percentile(sample, 75))))
    for loss in (loss for curve in overlays for loss in curve.losses):
        if len(sample := loss.sample(_SAMPLE)):
            tops.append(min(float(sample.max()), 10.0 * float(np.percentile(sample, 75))))
    return Range(0.0, _round_top(max(tops, default=1.0) * 1.04))


def log_loss_range(present: History | None, previous: History | None, overlays: Sequence[StoredCurve] = ()) -> Range:
    """Decimal logarithms of round losses around all batches except for the lowest 1 %, and around overlaid runs."""
    low, high = inf, -inf
    for loss in (loss for curve in overlays for loss in curve.losses):
        sample = loss.sample(_SAMPLE)
        sample = sample[sample > 0.0]
        low, high = float(sample.min(initial=low)), float(sample.max(initial=high))
    for run in (present, previous):
        if run is None:
            continue
        sample = run.loss.sample(_SAMPLE)
        sample = sample[sample > 0.0]
        if len(sample):
            low, high = min(low, float(np.percentile(sample, 1, method="lower"))), max(high, float(sample.max()))
        losses = _finite(run.validation_loss)
        losses = losses[losses > 0.0]
        low, high = float(losses.min(initial=low)), float(losses.max(initial=high))
    if low > high:
        return Range(-2.0, 1.0)
    bottom, top = _round_down(low), _round_up(high)
    return Range(log10(bottom), log10(top if top > bottom else bottom * 10.0))


def score_range(present: History | None, previous: History | None, overlays: Sequence[StoredCurve] = ()) -> Range:
    """Per cent: up to 100, from a round value below all validation scores and 90 % of the batches.

    Validation scores of overlaid runs are in the range, or three quarters of their training scores.
    """
    lowest = 100.0
    for score, share in ((score, 0 if curve.validated else 25) for curve in overlays for score in curve.scores):
        if len(sample := score.sample(_SAMPLE)):
            lowest = min(lowest, 100.0 * float(np.percentile(sample, share)))
    for run, share in ((present, 10), (previous, 25)):
        if run is None or not len(run):
            continue
        validation = _finite(run.validation_score)
        lowest = float((100.0 * validation).min(initial=lowest))
        if run is present or not len(validation):
            lowest = min(lowest, 100.0 * float(np.percentile(run.score.sample(_SAMPLE), share)))
    if lowest == 100.0:
        return Range(0.0, 100.0)
    return Range(next(floor_ for floor_ in _ACCURACY_FLOORS if floor_ <= max(lowest, 0.0)), 100.0)


def ticks(shown: Range, most: int, *, quarters: bool = True) -> tuple[Tick, ...]:
    """Round positions on a linear axis, at most about `most`; without `quarters`, steps of 2.5 or 25 are avoided."""
    step = (_round_step if quarters else _round_up)((shown.high - shown.low) / max(most, 1))
    digits = len(f"{step:.9f}".rstrip("0").partition(".")[2])
    first = ceil(shown.low / step - 1e-9)
    last = floor(shown.high / step + 1e-9)
    return tuple(Tick(i * step, _plain(i * step, digits)) for i in range(first, last + 1))


def log_ticks(shown: Range, most: int) -> tuple[Tick, ...]:
    """Round losses on an axis of decimal logarithms: powers of ten, with 2 and 5 between them if there is space."""
    decades = shown.high - shown.low
    if decades < 0.5:
        return tuple(
            Tick(log10(tick.at), tick.text)
            for tick in ticks(Range(10.0**shown.low, 10.0**shown.high), most)
            if tick.at > 0.0
        )
    every = max(1, ceil(decades / max(most, 1)))
    powers = range(ceil(shown.low / every - 1e-9) * every, floor(shown.high + 1e-9) + 1, every)
    between = (1, 2, 5) if 3 * decades <= most else (1, 3) if 2 * decades <= most else (1,)
    if between == (1,):
        return tuple(Tick(power, setting_text(10.0**power)) for power in powers)
    values = [factor * 10.0**power for power in range(floor(shown.low), ceil(shown.high) + 1) for factor in between]
    return tuple(
        Tick(log10(value), setting_text(value))
        for value in values
        if shown.low - 1e-9 <= log10(value) <= shown.high + 1e-9
    )


def _finite(column: Column) -> NDArray[np.float64]:
    """The finite values of a column; NaN stands for not evaluated."""
    found: NDArray[np.float64] = column.values[np.isfinite(column.values)]
    return found


def _round_top(value: float) -> float:
    if value <= 0.0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    return power * next((top for top in _LOSS_TOPS if top >= value / power - 1e-9), 10.0)


def _round_step(value: float) -> float:
    power = 10.0 ** floor(log10(value))
    return power * next(step for step in (1.0, 2.0, 2.5, 5.0, 10.0) if step >= value / power - 1e-9)


def _round_down(value: float) -> float:
    power = 10.0 ** floor(log10(value))
    return power * max(step for step in (1.0, 2.0, 5.0) if step <= value / power + 1e-9)


def _round_up(value: float) -> float:
    power = 10.0 ** floor(log10(value))
    return power * min(step for step in (1.0, 2.0, 5.0, 10.0) if step >= value / power - 1e-9)


def _plain(value: float, digits: int) -> str:
    """A decimal number, in scientific notation if it would be long."""
    return setting_text(value) if abs(value) >= 1e5 or digits > 4 else fixed_text(value, digits)
