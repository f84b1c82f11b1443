"""Numbers that arrive one batch at a time: arrays that grow by doubling, with extremes kept for quick drawing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

BLOCK = 64  # values that share one stored minimum and maximum


class Column:
    """An array that grows; appending costs constant time on average."""

    def __init__(self, dtype: DTypeLike = np.float32) -> None:
        self._store: NDArray[Any] = np.empty(1024, dtype)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def values(self) -> NDArray[Any]:
        """What was appended so far, (n,); a view that later appends leave valid."""
        return self._store[: self._size]

    def extend(self, values: Sequence[float] | NDArray[Any]) -> None:
        """Append values; those beyond the range of the type become infinite."""
        self._store = _with_room(self._store, self._size + len(values))
        with np.errstate(over="ignore"):
            self._store[self._size : self._size + len(values)] = values
        self._size += len(values)

    def place(self, value: float) -> int:
        """Where `value` would be put into a column of ascending numbers, before its equals."""
        return int(np.searchsorted(self.values, value))


class Series(Column):
    """A column that is drawn; it keeps the extremes of every `BLOCK` values, so that a long one is drawn from few."""

    def __init__(self) -> None:
        super().__init__(np.float32)
        self.finite = True  # whether all values are finite numbers
        self._low: NDArray[Any] = np.empty(16, np.float32)
        self._high: NDArray[Any] = np.empty(16, np.float32)

    def extend(self, values: Sequence[float] | NDArray[Any]) -> None:
        """Append values, and bring the extremes of the blocks they fall into up to date."""
        first = len(self) // BLOCK
        super().extend(values)
        touched = self.values[first * BLOCK :]
        self.finite = self.finite and bool(np.isfinite(touched).all())
        blocks = first + -(-len(touched) // BLOCK)
        self._low, self._high = _with_room(self._low, blocks), _with_room(self._high, blocks)
        self._low[first:blocks] = _reduced(np.fmin, touched, BLOCK)
        self._high[first:blocks] = _reduced(np.fmax, touched, BLOCK)

    def clear(self) -> None:
        """Forget all values. What is appended next takes their memory, so that `values` from before change."""
        self._size, self.finite = 0, True

    def extremes(self, first: int, last: int, width: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Minimum and maximum of the buckets `first` to `last` (exclusive), each `width` values wide.

        Not-a-numbers are left out where a bucket holds a number. A width that is a multiple of `BLOCK` reads the
        stored extremes alone.
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
        """At most `most` of the finite values, evenly spread over the whole series."""
        values = self.values[:: max(1, -(-len(self) // most))]
        finite: NDArray[Any] = values[np.isfinite(values)]
        return finite


def _with_room(store: NDArray[Any], size: int) -> NDArray[Any]:
    """The same array, or one of at least one and a half times its length with the same beginning."""
    if size <= len(store):
        return store
    larger = np.empty(max(size, len(store) * 3 // 2), store.dtype)
    larger[: len(store)] = store
    return larger


def _reduced(extreme: np.ufunc, values: NDArray[Any], width: int) -> NDArray[Any]:
    """One extreme for every `width` values; the last bucket may be narrower."""
    whole = len(values) // width * width
    reduced: NDArray[Any] = extreme.reduce(values[:whole].reshape(-1, width), axis=1)
    if whole == len(values):
        return reduced
    return np.append(reduced, extreme.reduce(values[whole:]))
