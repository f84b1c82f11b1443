"""Arrays to which batches append values: they grow geometrically and keep extremes for fast drawing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

BLOCK = 64  # number of values that share a stored minimum and maximum


class Column:
    """A growing array; appending takes amortized constant time."""

    def __init__(self, dtype: DTypeLike = np.float32) -> None:
        self._store: NDArray[Any] = np.empty(1024, dtype)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def values(self) -> NDArray[Any]:
        """The values so far, (n,): a view that stays valid when more are appended."""
        return self._store[: self._size]

    def extend(self, values: Sequence[float] | NDArray[Any]) -> None:
        """Append values; values beyond the range of the type become infinite."""
        self._store = _with_room(self._store, self._size + len(values))
        with np.errstate(over="ignore"):
            self._store[self._size : self._size + len(values)] = values
        self._size += len(values)

    def insertion_index(self, value: float) -> int:
        """The insertion index of `value` in a column of ascending numbers, before equal ones."""
        return int(np.searchsorted(self.values, value))


class Series(Column):
    """A column that is drawn; it stores the extremes of every `BLOCK` values, so that a long one is drawn from few."""

    def __init__(self) -> None:
        super().__init__(np.float32)
        self.finite = True  # whether all values are finite numbers
        self._low: NDArray[Any] = np.empty(16, np.float32)
        self._high: NDArray[Any] = np.empty(16, np.float32)

    def extend(self, values: Sequence[float] | NDArray[Any]) -> None:
        """Append values and update the extremes of their blocks."""
        first = len(self) // BLOCK
        super().extend(values)
        touched = self.values[first * BLOCK :]
        self.finite = self.finite and bool(np.isfinite(touched).all())
        blocks = first + -(-len(touched) // BLOCK)
        self._low, self._high = _with_room(self._low, blocks), _with_room(self._high, blocks)
        self._low[first:blocks] = _reduced(np.fmin, touched, BLOCK)
        self._high[first:blocks] = _reduced(np.fmax, touched, BLOCK)

    def clear(self) -> None:
        """Remove all values; their memory is reused, so that earlier results of `values` change."""
        self._size, self.finite = 0, True

    def extremes(self, first: int, last: int, width: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """The minima and maxima of the buckets `first` to `last` (exclusive), each `width` values wide.

        NaN is ignored in a bucket that contains a number. If the width is a multiple of `BLOCK`, only the stored
        extremes are read.
        """
        if width % BLOCK:
            values = self.values[first * width : last * width]
            return _reduced(np.fmin, values, width), _reduced(np.fmax, values, width)
        wide = width // BLOCK
        end = min(last * wide, -(-len(self) // BLOCK))
        return _reduced(np.fmin, self._low[first * wide : end], wide), _reduced(
            np.fmax, self._high[first * wide : end], wide
        )

    def sample(self, most: int) -> NDArray[Any]:
        """At most `most` finite values, evenly spaced over the whole series."""
        values = self.values[:: max(1, -(-len(self) // most))]
        finite: NDArray[Any] = values[np.isfinite(values)]
        return finite


def _with_room(store: NDArray[Any], size: int) -> NDArray[Any]:
    """The same array, or a copy with at least one and a half times its length."""
    if size <= len(store):
        return store
    larger = np.empty(max(size, len(store) * 3 // 2), store.dtype)
    larger[: len(store)] = store
    return larger


def _reduced(extreme: np.ufunc, values: NDArray[Any], width: int) -> NDArray[Any]:
    """One extreme per `width` values; the last bucket may be smaller."""
    whole = len(values) // width * width
    reduced: NDArray[Any] = extreme.reduce(values[:whole].reshape(-1, width), axis=1)
    if whole == len(values):
        return reduced
    return np.append(reduced, extreme.reduce(values[whole:]))
