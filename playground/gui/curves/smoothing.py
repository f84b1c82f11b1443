"""The mean over the last steps, which makes a noisy curve readable and is updated as values arrive."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from playground.gui.curves.series import Series
from playground.spec.recipe.running_mean import SHARE

_PIECE = 16_000  # steps averaged at a time: their sums stay in the cache

Floats = NDArray[np.float64]


class Smoothed:
    """A series with its running mean: at step i over the last min(`span`, i // `SHARE`) steps, at least one.

    The averaged quantities need not be the values themselves: `parts` returns summable quantities of the steps `first`
    to `last` (exclusive), (k, n) float64, and `whole` computes values from such sums, (k, n) to (n,). Therefore the
    accuracy of the last steps is that of all their samples, and their F1 that of all their counts.
    """

    def __init__(
        self, source: Series, parts: Callable[[int, int], Floats], whole: Callable[[Floats], Floats], span: int
    ) -> None:
        self._source, self._parts, self._whole, self._means = source, parts, whole, Series()
        self.restart(span)

    @property
    def series(self) -> Series:
        """The means; the source itself if the span is 1."""
        return self._means if self.span > 1 else self._source

    def restart(self, span: int) -> None:
        """Average the whole series again with another span.

        Raises:
            ValueError: the span is less than 1.
        """
        if span < 1:
            raise ValueError(f"a mean needs a span of at least 1 step, not {span}")
        self.span = span
        self._means.clear()
        self.follow()

    def follow(self) -> None:
        """Average the values appended to the source since the last call."""
        if self.span == 1:
            return
        until, full = len(self._source), self.span * SHARE - 1  # from step `full` on, all means have the full span
        while (first := len(self._means)) < until:
            last = min(first + _PIECE, until)
            self._append(first, min(last, full) if first < full else last)

    def _append(self, first: int, last: int) -> None:
        counts = np.clip(np.arange(first + 1, last + 1) // SHARE, 1, self.span)
        before = max(0, first - int(counts[-1]) + 1)
        parts = self._parts(before, last)
        finite = np.isfinite(parts.sum(0))
        if finite.all():
            self._means.extend(self._whole(trailing_sums(parts, counts)))
            return
        parts[:, ~finite] = 0.0  # otherwise one non-finite step would hide its finite neighbours
        means = self._whole(trailing_sums(parts, counts))
        means[~finite[first - before :]] = np.nan
        self._means.extend(means)


def trailing_sums(values: Floats, counts: NDArray[np.int64]) -> Floats:
    """Sums over the last `counts[j]` values up to each of the last m: (k, n) and (m,) to (k, m).

    They are computed without differences, so that a value of 10²⁰ does not affect sums that do not contain it.
    """
    most = int(counts.max())
    if int(counts.min()) == most:
        return _equal_sums(values[:, values.shape[1] - len(counts) - most + 1 :], most)
    ends = np.arange(values.shape[1] - len(counts), values.shape[1])
    total = np.zeros((len(values), len(counts)))
    power, width = values, 1  # sums over the last 1, 2, 4, … values
    while width <= most:
        chosen = (counts & width) > 0
        total[:, chosen] += power[:, ends[chosen]]
        ends = ends - width * chosen
        longer = power.copy()
        longer[:, width:] += power[:, :-width]
        power, width = longer, 2 * width
    return total


def _equal_sums(values: Floats, count: int) -> Floats:
    """Sums over each `count` consecutive values: (k, n) to (k, n - count + 1)."""
    length = values.shape[1] - count + 1
    total = np.zeros((len(values), length))
    power, width, begin = values, 1, 0  # sums over 1, 2, 4, … values from each on; start index of the next one
    while width <= count:
        if count & width:
            total += power[:, begin : begin + length]
            begin += width
        if 2 * width <= count:
            power = power[:, :-width] + power[:, width:]
        width *= 2
    return total
