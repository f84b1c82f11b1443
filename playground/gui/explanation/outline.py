"""The outline of the ink in a picture, as lines along the edges of its pixels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Edge = tuple[int, int, int, int]  # from (x, y) to (x, y), in pixels from the upper left corner


def outline(picture: npt.NDArray[np.float32], threshold: float = 0.5) -> tuple[Edge, ...]:
    """The lines between pixels (H, W) above the threshold and those that are not; outside there is no ink."""
    ink = np.pad(picture > threshold, 1)
    beside = np.argwhere(ink[1:-1, 1:] != ink[1:-1, :-1]).tolist()  # between two columns
    below = np.argwhere(ink[1:, 1:-1] != ink[:-1, 1:-1]).tolist()  # between two rows
    upright = [(x, y, x, y + 1) for y, x in beside]
    return (*upright, *((x, y, x + 1, y) for y, x in below))
