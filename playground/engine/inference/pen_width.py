"""Gives strokes the width that the digits of MNIST have, whatever pen they were drawn with."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.float32]

THINNEST, THICKEST = 0.075, 0.14  # of the longer side of the ink; MNIST's pens lie between
_STEP = 2.0  # pixels of one dilation; several make a larger one


def pen_width(ink: Grey) -> float:
    """Mean width of the strokes in pixels: twice the area over the length of the outline.

    The outline is the total variation, so that grey edges count with their share.
    """
    wide = np.pad(ink, 1).astype(np.float64)
    down, across = np.diff(wide, axis=0)[:, :-1], np.diff(wide, axis=1)[:-1]
    outline = float(np.hypot(down, across).sum())
    return 2.0 * float(ink.sum()) / outline if outline else 0.0


def with_pen(ink: Grey, longest: float) -> Grey:
    """Widen or narrow the strokes of a sign whose longer side is `longest` pixels; the array grows by what is added."""
    width = pen_width(ink)
    if not width:
        return ink
    aim = float(np.clip(width, THINNEST * longest, THICKEST * longest))
    radius = (aim - width) / 2
    if radius > 0.1:
        return _dilated(np.pad(ink, int(np.ceil(radius))), radius)
    if radius < -0.1:
        thin = 1.0 - _dilated(1.0 - np.pad(ink, 1), -radius)
        return thin if thin.max() > 0.5 else ink
    return ink


def _dilated(ink: Grey, radius: float) -> Grey:
    found = ink
    while radius > 0:
        found = _by_disc(found, min(radius, _STEP))
        radius -= _STEP
    return found


def _by_disc(ink: Grey, radius: float) -> Grey:
    """Maxima over a disc; its edge counts with the share of a pixel that it covers."""
    reach = int(np.ceil(radius))
    wide = np.pad(ink, reach, mode="edge")
    found = ink.copy()
    for y in range(-reach, reach + 1):
        for x in range(-reach, reach + 1):
            weight = float(np.clip(radius - np.hypot(y, x) + 1.0, 0.0, 1.0))
            if weight > 0:
                part = wide[reach + y : reach + y + ink.shape[0], reach + x : reach + x + ink.shape[1]]
                np.maximum(found, part * np.float32(weight), out=found)
    return found
