"""Lines of equal confidence, or of equal height, over the plane."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from playground.engine.data.sources.patterns import EDGE

CONFIDENCES = (0.5, 0.75, 0.9, 0.95)
HEIGHTS = (-0.5, 0.0, 0.5)

Line = npt.NDArray[np.float64]  # (N, 2): x and y


class Contour(NamedTuple):
    """The lines along which the most probable class has this probability, or the output this height."""

    level: float
    lines: tuple[Line, ...]


def contours(
    values: npt.NDArray[np.float32], second: npt.NDArray[np.bool_] | None, *, heights: bool
) -> tuple[Contour, ...]:
    """The contours of a map of the plane; those without lines are left out.

    Args:
        values: (S, S) from the upper left, in the middles of cells: the probability of the most probable class, or the
            height.
        second: (S, S), of two classes where the second is the more probable one. Their boundary, at 50 %, can be found
            then: there the greater probability has a valley, which no contour shows.
        heights: whether `values` are heights.

    Positions between the middles of cells are interpolated linearly (marching squares, by contourpy).
    """
    from contourpy import LineType, contour_generator

    side = values.shape[0]
    along = EDGE * (2 * (np.arange(side) + 0.5) / side - 1)
    shares = values.astype(np.float64)
    field = np.ma.masked_invalid(shares if second is None else np.where(second, shares, 1.0 - shares))
    generator = contour_generator(along, -along, field, line_type=LineType.Separate)

    def lines(level: float) -> tuple[Line, ...]:
        return tuple(np.asarray(line) for line in generator.lines(level))

    found = []
    for level in HEIGHTS if heights else CONFIDENCES:
        both = lines(level) if second is None or level == 0.5 else (*lines(level), *lines(1.0 - level))
        if both:
            found.append(Contour(level, both))
    return tuple(found)
