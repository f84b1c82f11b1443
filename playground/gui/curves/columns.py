"""Turns a line with several points a pixel into one upright a column: Qt paints those ten times as fast."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_DENSE = 1.5  # points for one width of the line, from which columns may tell as much as slopes
_DENSER = 4.0  # from which they do; and below that
_BAND = 3.0  # widths of the line that it goes up and down in a column, from which it is a band without slopes


def uprights(places: NDArray[np.float64], width: float, scale: float) -> NDArray[np.float64] | None:
    """What to fill so that a line of points (n, 2), left to right, is seen; None where its slopes can be seen as well.

    In every column stands what the line covers there, with half of the way to its neighbours. Columns lie on whole
    device pixels, `scale` of them to one of the places', and are as wide as the line: `width`, in device pixels too.
    Each is a row of left, top, width and height, (m, 4).
    """
    wide = max(round(width), 1) / scale
    x, y = places[:, 0], places[:, 1]
    points = (len(x) - 1) * wide / max(x[-1] - x[0], 1e-9)  # for one width of the line
    column = np.floor(x / wide).astype(np.int64)
    next_ = np.flatnonzero(np.diff(column)) + 1  # points that begin a column, but for the first
    if points < _DENSE or column[-1] - column[0] != len(next_):  # a column without a point
        return None
    first = np.concatenate(([0], next_))
    top, bottom = np.minimum.reduceat(y, first), np.maximum.reduceat(y, first)
    between = (y[next_ - 1] + y[next_]) / 2.0
    for here in (slice(None, -1), slice(1, None)):
        np.minimum(top[here], between, out=top[here])
        np.maximum(bottom[here], between, out=bottom[here])
    if points < _DENSER and (bottom - top).mean() < _BAND * wide:
        return None
    return np.stack((column[first] * wide, top - wide / 2.0, np.full(len(top), wide), bottom - top + wide), axis=1)
