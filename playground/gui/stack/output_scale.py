"""Turns the numbers of a layer into levels of a colour scale that says where zero is."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Levels = npt.NDArray[np.uint8]

TOP = 253  # the highest level
MIDDLE = 126  # the level of 0 in a scale that has it in the middle
NOT_FINITE = 254  # the level of NaN
BLANK = 255  # the level of what is no number, such as the rest of a row


class Scale(NamedTuple):
    """A range of numbers: from 0 to `reach` where none is negative, else from -`reach` to `reach`."""

    reach: float
    diverging: bool


def scale_of(*values: npt.NDArray[Any]) -> Scale:
    """The scale of all numbers of a layer; those that are not finite do not count."""
    low = high = 0.0
    for some in values:
        least, most = float(some.min(initial=0)), float(some.max(initial=0))  # NaN if one is
        if not (np.isfinite(least) and np.isfinite(most)):
            finite = some[np.isfinite(some)]
            least, most = float(finite.min(initial=0)), float(finite.max(initial=0))
        low, high = min(low, least), max(high, most)
    return Scale(max(-low, high), low < 0)


def kept_scale(fixed: Scale, found: Scale) -> Scale:
    """A fixed scale; where it has no negative numbers and there are some, it gets zero in the middle."""
    return fixed._replace(diverging=fixed.diverging or found.diverging)


def levels(values: npt.NDArray[Any], scale: Scale) -> Levels:
    """The level of each number, of the same shape; infinite ones are at the ends of the scale."""
    factor = (MIDDLE if scale.diverging else TOP) / scale.reach if scale.reach else 0.0
    with np.errstate(invalid="ignore", over="ignore"):
        found = values * np.float32(factor) + np.float32(0.5 + MIDDLE * scale.diverging)
        np.clip(found, 0, (2 * MIDDLE if scale.diverging else TOP) + 0.5, out=found)
        missing = np.isnan(found)  # also what is infinite where nothing finite but 0 makes the scale
    if missing.any():
        found[missing] = NOT_FINITE
    result: Levels = found.astype(np.uint8)
    return result
