"""The moving average that makes a noisy curve readable, kept up to date as values arrive."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.gui.curves.series import Series

_CHUNK = 128  # values averaged by one row of a matrix product


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

    def of(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """The averages that belong to the next values, (n,) to (n,)."""
        finite = np.isfinite(values)
        means = np.full(len(values), np.nan)
        means[finite] = self._means(values[finite].astype(np.float64))
        return means

    def _means(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        if len(values) < _CHUNK:
            return self._means_one_by_one(values)
        chunks = np.pad(values, (0, -len(values) % _CHUNK)).reshape(-1, _CHUNK)
        age = np.arange(_CHUNK)[:, None] - np.arange(_CHUNK)
        weights = np.where(age >= 0, (1.0 - self._decay) * self._decay ** np.maximum(age, 0), 0.0)
        means = chunks @ weights.T  # every chunk as if nothing came before it
        fading = self._decay ** np.arange(1, _CHUNK + 1)
        mean = self._mean
        for chunk in means:
            chunk += fading * mean
            mean = float(chunk[-1])
        result: NDArray[np.float64] = means.reshape(-1)[: len(values)]
        self._mean = float(result[-1])
        weight = 1.0 - self._decay ** np.arange(self._count + 1, self._count + len(values) + 1)
        self._count += len(values)
        return result / weight

    def _means_one_by_one(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same for a few, which matrices would take longer for."""
        decay, mean, count = self._decay, self._mean, self._count
        means = []
        for value in values.tolist():
            count += 1
            mean = decay * mean + (1.0 - decay) * value
            means.append(mean / (1.0 - decay**count))
        self._mean, self._count = mean, count
        return np.array(means)


class Smoothed:
    """A series beside its moving average."""

    def __init__(self, source: Series, span: int) -> None:
        self._source = source
        self.restart(span)

    @property
    def series(self) -> Series:
        """The averages; the source itself where the span is 1."""
        return self._averages if self.span > 1 else self._source

    def restart(self, span: int) -> None:
        """Average the whole series anew over another span."""
        self.span = span
        self._average = Average(span)
        self._averages = Series()
        self.follow()

    def follow(self) -> None:
        """Average what was appended to the source since the last time."""
        if self.span > 1:
            self._averages.extend(self._average.of(self._source.values[len(self._averages) :]))
