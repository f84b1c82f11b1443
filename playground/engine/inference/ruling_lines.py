"""Removes frames around a picture, and the lines of lined and squared paper."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from playground.engine.inference.connected_pieces import INKED, boxes, pieces

Grey = npt.NDArray[np.float32]

_EVEN = 0.03  # deviation within a rim of one brightness
_THICKEST = 0.1  # of the shorter side, of a frame at the edge
_CROOKED = 0.08  # of the shorter side of a drawn rectangle: how far its sides are from straight
_CLOSED = 0.95  # of each of its sides that is drawn
_LEAST_BOX = 24  # pixels of a side
_COVERED = 0.7  # of a row that a line covers
_BROADEST = 0.03  # of the shorter side, of a line on the paper


def without_frame(grey: Grey) -> Grey:
    """The picture with a frame along its edge painted over with the brightness of what it encloses.

    A frame is a rim of one brightness that another one of a different brightness follows; ink that touches the frame
    may interrupt the second.
    """
    most = int(_THICKEST * min(grey.shape))
    outer = _rim(grey, 0)
    level = float(np.median(outer))
    if np.abs(outer - level).mean() > _EVEN:
        return grey
    for depth in range(1, most + 1):
        rim = _rim(grey, depth)
        paper = float(np.median(rim))
        if (np.abs(rim - paper) < 2 * _EVEN).mean() < 0.6:
            continue  # between the two: a soft edge
        if abs(paper - level) > 0.1:
            if _returns(grey, depth, most, level):
                return grey  # a line on the paper, not its edge: see `without_boxes`
            found = np.full(grey.shape, paper, np.float32)
            inner = slice(depth, -depth), slice(depth, -depth)
            found[inner] = grey[inner]
            return found
    return grey


def _returns(grey: Grey, begin: int, count: int, level: float) -> bool:
    """Whether some of the next rims have the brightness of the outermost one again."""
    return any(
        (np.abs(_rim(grey, depth) - level) < 2 * _EVEN).mean() >= 0.6
        for depth in range(begin + 1, min(begin + count, (min(grey.shape) - 1) // 2))
    )


def without_boxes(picture: Grey) -> Grey:
    """White ink on black without rectangles that are drawn around other ink, and do not touch it."""
    labels = pieces(picture > INKED)
    found = boxes(labels)
    for number, box in enumerate(found, 1):
        inside = any(box.encloses(other) for other in found)
        if inside and min(box.width, box.height) > _LEAST_BOX and _is_rectangle(labels[box.slices] == number):
            reach = box.grown(2, picture.shape)  # with its faint edge
            near = labels[reach.slices]
            drawn = _spread(near == number) & ((near == number) | (near == 0))
            picture = picture.copy()
            picture[reach.slices][drawn] = 0.0
    return picture


def _is_rectangle(inked: npt.NDArray[np.bool_]) -> bool:
    """Whether a piece is a rectangle's outline that fills its array."""
    deep = max(2, round(_CROOKED * min(inked.shape)))
    sides = (inked[:deep].any(0), inked[-deep:].any(0), inked[:, :deep].any(1), inked[:, -deep:].any(1))
    whole = min(float(side.mean()) for side in sides) >= _CLOSED
    return whole and not inked[deep:-deep, deep:-deep].any()


def _spread(inked: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The pixels at most two away along rows and columns."""
    wide = np.pad(inked, 2)
    for axis in (0, 1):
        wide = np.logical_or.reduce([np.roll(wide, shift, axis) for shift in (-2, -1, 0, 1, 2)])
    return np.asarray(wide[2:-2, 2:-2])


def _rim(grey: Grey, depth: int) -> Grey:
    inner = grey[depth : grey.shape[0] - depth, depth : grey.shape[1] - depth]
    return np.concatenate((inner[0], inner[-1], inner[:, 0], inner[:, -1]))


def without_lines(picture: Grey) -> Grey:
    """White ink on black without straight lines across the page; strokes that cross a line are kept whole.

    A single line stays: it can be the bar of a 7 or a 4.
    """
    return _without_rows(_without_rows(picture).T).T


def _without_rows(picture: Grey) -> Grey:
    inked = picture > 0.15
    full = np.concatenate(([False], inked.mean(1) >= _COVERED, [False]))
    changes = np.flatnonzero(np.diff(full.astype(np.int8)))
    broadest = max(3, round(_BROADEST * min(picture.shape)))
    bands = [(begin, end) for begin, end in zip(changes[::2], changes[1::2], strict=True) if end - begin <= broadest]
    if len(bands) < 2:
        return picture
    found = picture.copy()
    for begin, end in bands:
        low, high = max(0, begin - 1), min(len(picture), end + 1)
        above = picture[low - 1] if low else np.zeros(picture.shape[1], np.float32)
        below = picture[high] if high < len(picture) else np.zeros(picture.shape[1], np.float32)
        crossing = np.minimum(_widened(above), _widened(below))
        found[low:high] = np.minimum(found[low:high], np.maximum(crossing, 0.0))
    return found


def _widened(row: Grey) -> Grey:
    """Each pixel's larger neighbour, for strokes that cross a line at an angle."""
    wide = np.pad(row, 1)
    return np.maximum(np.maximum(wide[:-2], wide[2:]), row)
