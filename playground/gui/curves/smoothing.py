"""The mean over the last steps that makes a noisy curve readable, kept up to date as values arrive."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.gui.curves.series import Series
from playground.spec.averaging import SHARE

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
        until = len(self._source)
        for first in range(len(self._means), until, _PIECE):
            self._append(first, min(first + _PIECE, until))

    def _append(self, first: int, last: int) -> None:
        counts = np.clip(np.arange(first + 1, last + 1) // SHARE, 1, self.span)
        before = max(0, first - int(counts[-1]) + 1)
        parts = self._parts(before, last)
        finite = np.isfinite(parts.sum(0))
        parts[:, ~finite] = 0.0  # one step that is no number would hide many that are
        means = self._whole(trailing_sums(parts, counts))
        means[~finite[first - before :]] = np.nan
        self._means.extend(means)


def trailing_sums(values: NDArray[Any], counts: NDArray[np.int64]) -> Floats:
    """Sums over the last `counts[j]` values up to each of the last m: (k, n) and (m,) to (k, m).

    Sums over 1, 2, 4, … values are made of one another and put together, without differences: a value of 10²⁰ leaves
    no trace in sums that it is not part of.
    """
    same = int(counts[0]) == int(counts[-1]) and bool((counts == counts[0]).all())
    ends = np.arange(values.shape[1] - len(counts), values.shape[1])
    total = np.zeros((len(values), len(counts)))
    power, width, most = values.astype(np.float64), 1, int(counts.max())
    while width <= most:
        if same:
            if most & width:
                total += power[:, ends[0] : ends[0] + len(ends)]
                ends = ends - width
        else:
            chosen = (counts & width) > 0
            total[:, chosen] += power[:, ends[chosen]]
            ends = ends - width * chosen
        longer = power.copy()
        longer[:, width:] += power[:, :-width]
        power, width = longer, 2 * width
    return total
