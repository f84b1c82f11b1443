"""Replaces a line of several points per pixel by one rectangle per column, which Qt paints 10 times faster."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_DENSE = 1.5  # points per line width from which columns may replace the slopes
_DENSER = 4.0  # points per line width from which they always do; between the two, the next value decides
_BAND = 3.0  # mean height of a column, in line widths, from which the line is a band without visible slopes


def column_rects(points: NDArray[np.float64], width: float, scale: float) -> NDArray[np.float64] | None:
    """Rectangles that replace a line through points (n, 2) from left to right; None if its slopes are visible.

    The rectangle of each column covers the line there, including half of the way to its neighbours. Columns are aligned
    to device pixels and as wide as the line: `width`, in device pixels. `scale` is the number of device pixels per unit
    of the points. Returns rows of left, top, width and height, (m, 4).
    """
    wide = max(round(width), 1) / scale
    x, y = points[:, 0], points[:, 1]
    density = (len(x) - 1) * wide / max(x[-1] - x[0], 1e-9)  # per line width
    column = np.floor(x / wide).astype(np.int64)
    next_ = np.flatnonzero(np.diff(column)) + 1  # indices of the points that begin a column, except for the first
    if density < _DENSE or column[-1] - column[0] != len(next_):  # true if a column has no point
        return None
    first = np.concatenate(([0], next_))
    top, bottom = np.minimum.reduceat(y, first), np.maximum.reduceat(y, first)
    between = (y[next_ - 1] + y[next_]) / 2.0
    for side in (slice(None, -1), slice(1, None)):
        np.minimum(top[side], between, out=top[side])
        np.maximum(bottom[side], between, out=bottom[side])
    if density < _DENSER and (bottom - top).mean() < _BAND * wide:
        return None
    return np.stack((column[first] * wide, top - wide / 2.0, np.full(len(top), wide), bottom - top + wide), axis=1)
