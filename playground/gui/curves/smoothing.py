"""The mean over the last steps that makes a noisy curve readable, kept up to date as values arrive."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from playground.gui.curves.series import Series
from playground.spec.recipe.running_mean import SHARE

_PIECE = 16_000  # steps that are averaged at a time: their sums stay in the cache

Floats = NDArray[np.float64]


class Smoothed:
    """A series beside its mean over the last steps: at step i over the last min(`span`, i // `SHARE`), at least one.

    What is averaged need not be the values themselves: `parts` gives, of steps `first` to before `last`, what can be
    added up, (k, n) float64, and `whole` makes figures of such sums, (k, n) to (n,). So the accuracy of the last steps
    is that of all their samples, and their F1 that of all that was found in them.
    """

    def __init__(
        self, source: Series, parts: Callable[[int, int], Floats], whole: Callable[[Floats], Floats], span: int
    ) -> None:
        self._source, self._parts, self._whole, self._means = source, parts, whole, Series()
        self.restart(span)

    @property
    def series(self) -> Series:
        """The means; the source itself where the span is 1."""
        return self._means if self.span > 1 else self._source

    def restart(self, span: int) -> None:
        """Average the whole series anew over other spans.

        Raises:
            ValueError: the span is below 1.
        """
        if span < 1:
            raise ValueError(f"a mean needs a span of at least 1 step, not {span}")
        self.span = span
        self._means.clear()
        self.follow()

    def follow(self) -> None:
        """Average what was appended to the source since the last time."""
        if self.span == 1:
            return
        until, full = len(self._source), self.span * SHARE - 1  # from here on all means are of as many steps
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
        parts[:, ~finite] = 0.0  # one step that is no number would hide many that are
        means = self._whole(trailing_sums(parts, counts))
        means[~finite[first - before :]] = np.nan
        self._means.extend(means)


def trailing_sums(values: Floats, counts: NDArray[np.int64]) -> Floats:
    """Sums over the last `counts[j]` values up to each of the last m: (k, n) and (m,) to (k, m).

    They are put together without differences: a value of 10²⁰ leaves no trace in sums that it is not part of.
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
    """Sums over each `count` values in a row: (k, n) to (k, n - count + 1)."""
    room = values.shape[1] - count + 1
    total = np.zeros((len(values), room))
    power, width, begin = values, 1, 0  # sums over 1, 2, 4, … values from each on; where the next one begins
    while width <= count:
        if count & width:
            total += power[:, begin : begin + room]
            begin += width
        if 2 * width <= count:
            power = power[:, :-width] + power[:, width:]
        width *= 2
    return total
