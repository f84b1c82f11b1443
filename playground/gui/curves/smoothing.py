"""The moving average that makes a noisy curve readable, kept up to date as values arrive."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.gui.curves.series import BLOCK, Series

_MANY = 2 * BLOCK  # values from which whole blocks are averaged side by side; for fewer that would take longer
# Values that are averaged at a time: 2 MB. A power of two would make rows evict one another from the cache.
_PIECE = 8000 * BLOCK
_FEW, _SHORT = 512, 16  # ends of columns: so many are gone through one by one, more in columns of their own, so long
_YOUNG = 40.0  # spans after which the correction for the empty beginning is 1, to the last bit


class Average:
    """An exponential moving average over about `span` values, corrected for its empty beginning.

    m_i = (1 - 1/span) m_(i-1) + 1/span v_i, shown as m_i / (1 - (1 - 1/span)^i), as in Kingma and Ba, 2015, Adam, §3.
    Values that are no finite number are passed over: the average there is not a number, and goes on afterwards.
    """

    def __init__(self, span: int) -> None:
        if span < 1:
            raise ValueError(f"a moving average needs a span of at least 1 value, not {span}")
        self._decay = 1.0 - 1.0 / span
        self._mean = 0.0  # before the correction
        self._count = 0  # values averaged so far

    def of(self, values: NDArray[Any]) -> NDArray[Any]:
        """The averages that belong to the next values, (n,) to (n,), with as many digits as those have."""
        finite = np.isfinite(values)
        if finite.all():
            return self._means(values)
        means = np.full(len(values), np.nan)
        means[finite] = self._means(values[finite])
        return means

    def of_blocks(self, values: NDArray[Any]) -> NDArray[Any]:
        """The same for finite values, (m · `BLOCK`,), where a block is a column of the result, (`BLOCK`, m)."""
        columns = np.empty((BLOCK, len(values) // BLOCK), values.dtype)
        np.multiply(values.reshape(-1, BLOCK).T, 1.0 - self._decay, out=columns)
        self._mean = _accumulate(columns, self._decay, self._mean)
        until_old = max(0.0, _YOUNG / (1.0 - self._decay) - self._count)
        young = min(columns.shape[1], round(until_old) // BLOCK + 1)  # columns; the others need no correction
        counts = np.arange(self._count + 1, self._count + young * BLOCK + 1)
        columns[:, :young] /= (1.0 - self._decay**counts).reshape(-1, BLOCK).T
        self._count += len(values)
        return columns

    def _means(self, values: NDArray[Any]) -> NDArray[Any]:
        if len(values) < _MANY:
            return self._means_one_by_one(values)
        whole = len(values) // BLOCK * BLOCK
        many = self.of_blocks(values[:whole]).T.reshape(-1)
        return np.concatenate((many, self._means_one_by_one(values[whole:])), dtype=values.dtype)

    def _means_one_by_one(self, values: NDArray[Any]) -> NDArray[np.float64]:
        decay, mean, count = self._decay, self._mean, self._count
        means = []
        for value in values.tolist():
            count += 1
            mean = decay * mean + (1.0 - decay) * value
            means.append(mean / (1.0 - decay**count))
        self._mean, self._count = mean, count
        return np.array(means)


def _accumulate(columns: NDArray[Any], decay: float, mean: float) -> float:
    """m_i = decay · m_(i-1) + v_i down the first column, then the second, and so on, in place; returns the last m.

    All columns at once, a row at a time, which is some ten times as fast as a value at a time: what comes before each
    is known beforehand, from what all would end with if nothing came before them. `mean` comes before the first.
    """
    weights = decay ** np.arange(len(columns) - 1, -1, -1)
    ends = np.einsum("i,ij->j", weights.astype(columns.dtype), columns)  # matmul would wake other threads
    earlier, last = _earlier(ends.astype(np.float64), decay ** len(columns), mean)
    columns[0] += decay * earlier
    room = np.empty(columns.shape[1], columns.dtype)
    for before, here in pairwise(columns):
        np.multiply(before, decay, out=room)
        here += room
    return last


def _earlier(ends: NDArray[np.float64], decay: float, mean: float) -> tuple[NDArray[np.float64], float]:
    """What comes before each column, whose own values alone would make it end so, (m,) to (m,), and after the last."""
    if len(ends) > _FEW:
        columns = np.pad(ends, (0, -len(ends) % _SHORT)).reshape(-1, _SHORT).T.copy()
        _accumulate(columns, decay, mean)
        means = columns.T.reshape(-1)[: len(ends)]
        return np.concatenate(([mean], means[:-1])), float(means[-1])
    earlier = []
    for end in ends.tolist():
        earlier.append(mean)
        mean = end + decay * mean
    return np.array(earlier), mean


class Smoothed:
    """A series beside its moving average."""

    def __init__(self, source: Series, span: int) -> None:
        self._source, self._averages = source, Series()
        self.restart(span)

    @property
    def series(self) -> Series:
        """The averages; the source itself where the span is 1."""
        return self._averages if self.span > 1 else self._source

    def restart(self, span: int) -> None:
        """Average the whole series anew over another span."""
        self.span = span
        self._average = Average(span)
        self._averages.clear()
        self.follow()

    def follow(self) -> None:
        """Average what was appended to the source since the last time."""
        if self.span > 1:
            missing = self._source.values[len(self._averages) :]
            for first in range(0, len(missing), _PIECE):
                self._append(missing[first : first + _PIECE])

    def _append(self, values: NDArray[Any]) -> None:
        whole = len(values) // BLOCK * BLOCK
        if whole >= _MANY and len(self._averages) % BLOCK == 0 and self._source.finite:
            self._averages.extend_blocks(self._average.of_blocks(values[:whole]))
            values = values[whole:]
        self._averages.extend(self._average.of(values))
