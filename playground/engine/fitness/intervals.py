"""Confidence intervals of scores: Wilson's for shares, the bootstrap for all others."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.task import Score, score_of
from playground.spec.messages import tr_noop

Floats = npt.NDArray[np.float64]
Statistic = Callable[[Floats], Floats]  # from sums (R, K) of R resamples to their values (R,)

CONFIDENCE = 0.95
ROUNDS = 1000  # resamples of the bootstrap
_AT_ONCE = 2_000_000  # counts that are drawn in one go, 16 MB
WILSON, BOOTSTRAP = tr_noop("Wilson"), tr_noop("bootstrap")


class Interval(NamedTuple):
    """A confidence interval of 95 %."""

    low: float
    high: float
    method: str  # its name, not yet translated


def wilson(right: int, count: int) -> Interval:
    """The score interval of a share, here of independent samples: the p with |p̂ − p| ≤ z √(p (1 − p) / n).

    Source: Wilson (1927), “Probable inference, the law of succession, and statistical inference”, JASA 22.

    Args:
        right: how many of them, from 0 to `count`.
        count: n, at least 1.

    Raises:
        ValueError: one of them is out of its range.
    """
    if not 0 <= right <= count or count < 1:
        raise ValueError(f"there should be from 0 to n ≥ 1 right ones, but there are {right} of {count}")
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    share, square = right / count, z * z
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = z / (1 + square / count) * sqrt(share * (1 - share) / count + square / (4 * count * count))
    low, high = middle - half, middle + half
    return Interval(low if right else 0.0, high if right < count else 1.0, WILSON)


def bootstrap(sums: Floats, statistic: Statistic) -> Interval:
    """The percentile interval of a figure, over resamples of whole samples with replacement; always the same draws.

    Source: Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.

    Args:
        sums: (N, K), what each sample adds to K sums.
        statistic: the figure, from sums (R, K).

    Raises:
        ValueError: there is no sample.
        Cancelled: as `stop_if_cancelled`.
    """
    count = len(sums)
    if not count:
        raise ValueError("there is no interval of no samples")
    generator, found, size = np.random.default_rng(0), [], max(1, _AT_ONCE // count)
    for start in range(0, ROUNDS, size):
        stop_if_cancelled()
        rounds = min(size, ROUNDS - start)
        times = generator.multinomial(count, np.full(count, 1 / count), size=rounds)
        found.append(statistic(times.astype(np.float64) @ sums))
    low, high = np.quantile(np.concatenate(found), [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(float(low), float(high), BOOTSTRAP)


def score_statistic(score: Score, positions: int) -> Statistic:
    """The score as a statistic of `bootstrap`, over a constant number of positions in all."""

    def of(sums: Floats) -> Floats:
        found: Floats = score_of(score, tuple(sums.T), positions, _divided)
        return found

    return of


def _divided(above: Floats, below: Floats | float, otherwise: float) -> Floats:
    full: Floats = np.full(np.shape(above), otherwise)
    return np.divide(above, below, out=full, where=np.greater(below, 0))
