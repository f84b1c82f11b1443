"""Normalises an image of a digit to the 28 × 28 pixels that a network of digits expects, as MNIST's were.

LeCun, Bottou, Bengio and Haffner (1998) fitted each digit's ink into 20 × 20 pixels, keeping its aspect and its grey
edges, and moved it by whole pixels so that its centre of mass came to the middle of 28 × 28. In the resulting files
the centre of mass lies within the pixel that begins at the middle: between 14 and 15 pixels from either edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from playground.engine.inference.connected_pieces import INKED, Box, boxes, pieces, signs
from playground.engine.inference.ink_extraction import ink
from playground.engine.inference.pen_width import with_pen
from playground.engine.inference.picture_files import (
    DAMAGED,
    Grey,
    PictureError,
    decoding,
    grey_page,
    picture_bytes,
    reduced,
    upright,
)
from playground.engine.inference.picture_pixels import square
from playground.spec.data.dataset import Dataset
from playground.spec.messages import message

Bytes = npt.NDArray[np.uint8]

SIDE = 28  # pixels of the result
FITTED = 20  # pixels of the ink's longer side, pen width included
_FAINT = 0.003  # share of the strongest ink up to which a pixel is ignored in the ink's bounding box

_LIGHT = 127  # mean of the edge pixels from which the background counts as light
_LONGEST = 400  # pixels to which the longer side of a larger image is reduced
_SEARCHED = 800  # the same while ink is looked for, so that small signs keep their strokes
_SIGN = 160  # pixels of the longer side at which the strokes of a large sign are widened


def digit(grey: npt.NDArray[np.floating]) -> Grey:
    """Normalise a drawing (H, W), white ink on black in [0, 1]: (28, 28) float32 in [0, 1].

    Shrinking averages over boxes, so that a drawing at 8 × 8 subpixels is averaged exactly; enlarging interpolates
    linearly. A normalised image is returned unchanged; without ink all pixels are 0.

    Raises:
        PictureError: it is not two-dimensional, or has no pixels.
    """
    if grey.ndim != 2 or grey.size == 0:
        raise PictureError(
            message("A picture needs rows and columns of pixels, not the shape {shape}.", shape=grey.shape)
        )
    clean = np.nan_to_num(grey.astype(np.float64), nan=0.0, posinf=1.0, neginf=0.0).clip(0.0, 1.0)
    box = _box(clean)
    if box is None:
        return np.zeros((SIDE, SIDE), np.float32)
    if clean.shape == (SIDE, SIDE) and _normalised(clean, clean[box].shape):
        return clean.astype(np.float32)
    fitted = _fitted(clean[box])
    result = np.zeros((SIDE, SIDE))
    top, left = (_offset(centre, length) for centre, length in zip(_centre(fitted), fitted.shape, strict=True))
    result[top : top + fitted.shape[0], left : left + fitted.shape[1]] = fitted
    return result.astype(np.float32).clip(0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Sign:
    """A separate sign in a picture, white ink on black in [0, 1], and where it is, in pixels of the upright picture."""

    box: Box
    ink: Grey

    @property
    def digit(self) -> Grey:
        """It alone, normalised: (28, 28) in [0, 1]."""
        return digit(self.ink)


def read_picture(source: Path | bytes) -> Grey:
    """Read a picture: (H, W) in [0, 1], white ink on black paper, H and W about 400 at most.

    Dark ink on light paper is inverted; uneven light, frames, ruled lines, the paper's grain and small specks are
    removed; strokes that are much thinner or broader than MNIST's get its width. A 28 × 28 image like MNIST's is
    returned unchanged. Transparent parts count as paper, which is white, or black below light ink; the first frame of
    an animation is read; a photograph is rotated according to its EXIF orientation.

    Raises:
        PictureError: it is too large, not an image, damaged, or shows nothing.
    """
    found, _ = _ink_in(source)
    small = reduced(found, _LONGEST)
    if found.shape == (SIDE, SIDE):
        return found
    tallest = max(max(box.width, box.height) for box in _sign_boxes(found)[1])
    return with_pen(small, tallest * max(small.shape) / max(found.shape))


def read_signs(source: Path | bytes) -> list[Sign]:
    """Read a picture as `read_picture` does, and separate the signs in it, in reading order.

    Raises:
        PictureError: it is too large, not an image, damaged, or shows nothing.
    """
    found, scale = _ink_in(source)
    return [Sign(sign.box.scaled(scale), sign.ink) for sign in signs_in(found)]


def signs_in(ink: Grey) -> list[Sign]:
    """The separate signs of a drawing (H, W), white ink on black in [0, 1], in reading order; none without ink."""
    if ink.shape == (SIDE, SIDE):
        return [Sign(Box(0, 0, SIDE, SIDE), ink)] if ink.any() else []
    owners, found = _sign_boxes(ink)
    result = []
    for number, box in enumerate(found, 1):
        own = owners[box.slices]
        alone = np.where((own == number) | (own == 0), ink[box.slices], np.float32(0))
        small = reduced(alone, _SIGN)
        result.append(Sign(box, with_pen(small, max(small.shape))))
    return result


def _ink_in(source: Path | bytes) -> tuple[Grey, float]:
    """The ink of a picture, and how many of its pixels are one of the ink's."""
    grey, scale = grey_page(picture_bytes(source), _SEARCHED)
    if _like_mnist(grey):
        return grey, scale
    found = ink(grey)
    if found is None:
        raise PictureError(message("Nothing can be seen in this picture: it is equally bright all over."))
    return found, scale


def _sign_boxes(ink: Grey) -> tuple[npt.NDArray[np.int64], list[Box]]:
    """Number of the sign that each pixel belongs to, from 1, or 0; and the signs' rectangles, with faint edges."""
    labels = pieces(ink > INKED)
    each = boxes(labels)
    numbers = np.zeros(len(each) + 1, np.int64)
    found = []
    areas = np.bincount(labels.reshape(-1), minlength=len(each) + 1)[1:].tolist()
    for number, members in enumerate(signs(each, areas), 1):
        box = each[members[0]]
        for member in members:
            numbers[member + 1] = number
            box = box.around(each[member])
        found.append(box.grown(1, ink.shape))
    return numbers[labels], found


def tile(source: Path | bytes, side: int, colour: bool, framing: str = "crop") -> Bytes:
    """Read an image as network input: (3, side, side) or, in grey, (1, side, side), bytes.

    `framing` says how a picture becomes a square, see `square`. Transparent parts count as white paper; a photograph is
    rotated according to its EXIF orientation.

    Raises:
        PictureError: it is too large, not an image, or damaged.
    """
    image = upright(picture_bytes(source), 4 * side)
    with decoding(DAMAGED):
        return square(image, side, "RGB" if colour else "L", framing)


def fitted(source: Path | bytes, data: Dataset) -> Bytes:
    """An image like those of the data set: in their size and colours, inverted where they have a black background.

    Raises:
        PictureError: it cannot be read.
    """
    channels, side = data.sample_shape[0], data.sample_shape[1]
    found = tile(source, side, channels == 3, getattr(data, "framing", "crop"))
    edge = np.concatenate((found[:, 0], found[:, -1], found[:, :, 0], found[:, :, -1]), axis=1)
    return 255 - found if getattr(data, "on_black", False) and edge.mean() > _LIGHT else found


def _like_mnist(grey: Grey) -> bool:
    """Whether it is 28 × 28, light ink on black, with an edge that is black nearly all around."""
    if grey.shape != (SIDE, SIDE):
        return False
    edge = np.concatenate((grey[0], grey[-1], grey[:, 0], grey[:, -1]))
    return bool((edge < 0.1).mean() > 0.8 and grey.max() > 0.3)


def _box(grey: npt.NDArray[np.float64]) -> tuple[slice, slice] | None:
    """Rows and columns that hold ink, or None without ink."""
    inked = grey > _FAINT * grey.max()
    rows, columns = np.flatnonzero(inked.any(1)), np.flatnonzero(inked.any(0))
    if not rows.size:
        return None
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _normalised(grey: npt.NDArray[np.float64], box: tuple[int, ...]) -> bool:
    """Whether the ink of a 28 × 28 image is already fitted (a faint edge may not count) and centred."""
    return FITTED - 2 <= max(box) <= FITTED and all(14.0 <= round(centre, 3) <= 15.0 for centre in _centre(grey))


def _fitted(ink: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Scale a crop so that its longer side is 20 pixels and its aspect stays as it is."""
    step = max(ink.shape) / FITTED  # source pixels for each pixel of the result
    down, across = (_weights(length, step) for length in ink.shape)
    fitted: npt.NDArray[np.float64] = down @ ink @ across.T
    return fitted


def _weights(length: int, step: float) -> npt.NDArray[np.float64]:
    """Contribution of each of `length` source pixels to each pixel of the result: (result, source)."""
    count = max(1, int(np.ceil(length / step - 1e-9)))
    if step >= 1.0:  # the share of each result pixel's extent that a source pixel covers
        begins = np.arange(count)[:, None] * step
        left = np.arange(length)[None, :]
        overlap = np.minimum(begins + step, left + 1) - np.maximum(begins, left)
        shares: npt.NDArray[np.float64] = overlap.clip(0.0, None) / step
        return shares
    positions = ((np.arange(count) + 0.5) * step - 0.5).clip(0.0, length - 1)
    return (1.0 - np.abs(positions[:, None] - np.arange(length)[None, :])).clip(0.0, None)


def _centre(grey: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Centre of mass in pixels from the top and from the left edge."""
    total = grey.sum()
    rows, columns = (np.arange(length) + 0.5 for length in grey.shape)
    return float(grey.sum(1) @ rows / total), float(grey.sum(0) @ columns / total)


def _offset(centre: float, length: int) -> int:
    """Where to put ink on the result so that its centre of mass lies in [14, 15) and all of it within the image."""
    return min(max(int(np.ceil(SIDE / 2 - centre)), 0), SIDE - length)
