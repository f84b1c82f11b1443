"""Plots curves with the dots of Braille characters, for terminals.

plotext takes twenty times as long for a plot (7 ms), which is redrawn several times a second during training,
always shows the full range of values, and adds 2.9 MB; plotille takes 5 ms.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

POINTS = 1024  # kept for a curve, at most

Point = tuple[float, float]


class Thinned:
    """A curve of any length in at most `POINTS` points, each the mean of equally many original points."""

    def __init__(self) -> None:
        self._points: list[Point] = []
        self._group: list[Point] = []
        self._every = 1

    def add(self, point: Point) -> None:
        """Append a point."""
        self._group.append(point)
        if len(self._group) < self._every:
            return
        self._points.append(_mean(self._group))
        self._group.clear()
        if len(self._points) == POINTS:
            pairs = zip(self._points[::2], self._points[1::2], strict=True)
            self._points = [_mean(pair) for pair in pairs]
            self._every *= 2

    def points(self) -> Sequence[Point]:
        """The points kept."""
        return self._points


class Plot(NamedTuple):
    """A plot as characters: `cells` from top to bottom, the index of each cell's curve (-1: none), and the bounds."""

    cells: tuple[str, ...]
    owners: tuple[tuple[int, ...], ...]
    low: float
    high: float


def plot(curves: Sequence[Sequence[Point]], right: float, width: int, height: int) -> Plot:
    """Draw curves over 0 … `right` into `width` × `height` Braille characters, 2 × 4 dots each.

    The vertical range is that of the middle nine tenths of the columns, so that the first steps do not flatten the
    rest; values outside it are drawn along the border. Later curves are drawn over earlier ones.
    """
    columns = [resampled(curve, right, 2 * width) for curve in curves]
    values = sorted(value for column in columns for value in column if value is not None)
    low, high = (values[len(values) // 20], values[(len(values) * 19) // 20]) if values else (0.0, 1.0)
    if high - low < 1e-9:
        margin = max(0.1 * abs(low), 1e-3)
        low, high = low - margin, high + margin
    bits = [[0] * width for _ in range(height)]
    owners = [[-1] * width for _ in range(height)]
    for owner, column in enumerate(columns):
        before: int | None = None
        for x, value in enumerate(column):
            if value is None:
                before = None
                continue
            y = round((1 - min(1.0, max(0.0, (value - low) / (high - low)))) * (4 * height - 1))
            for dot in _reach(before, y):
                bits[dot // 4][x // 2] |= _DOTS[x % 2][dot % 4]
                owners[dot // 4][x // 2] = owner
            before = y
    cells = tuple("".join(chr(0x2800 + cell) for cell in row) for row in bits)
    return Plot(cells, tuple(map(tuple, owners)), low, high)


def resampled(curve: Sequence[Point], right: float, columns: int) -> list[float | None]:
    """One value for each column: the mean of the points in it, or interpolated between neighbouring columns."""
    found: list[list[float]] = [[] for _ in range(columns)]
    for x, y in curve:
        found[min(columns - 1, int(x / right * columns))].append(y)
    result: list[float | None] = [sum(values) / len(values) if values else None for values in found]
    known = [(i, value) for i, value in enumerate(result) if value is not None]
    for (left, start), (end, stop) in pairwise(known):
        for i in range(left + 1, end):
            result[i] = start + (stop - start) * (i - left) / (end - left)
    return result


_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))  # Unicode's bits for the left and the right column


def _reach(before: int | None, y: int) -> Iterable[int]:
    """The dots of a column that connect it with the previous column."""
    if before is None or before == y:
        return (y,)
    return range(before + 1, y + 1) if before < y else range(y, before)


def _mean(points: Sequence[Point]) -> Point:
    count = len(points)
    return sum(x for x, _ in points) / count, sum(y for _, y in points) / count
