"""Normalises an image of a digit to the 28 × 28 pixels that a network of digits expects, as MNIST's were.

LeCun, Bottou, Bengio and Haffner (1998) fitted each digit's ink into 20 × 20 pixels, keeping its aspect and its grey
edges, and moved it by whole pixels so that its centre of mass came to the middle of 28 × 28. In the resulting files
the centre of mass lies within the pixel that begins at the middle: between 14 and 15 pixels from either edge.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from playground.engine.inference.ink_extraction import ink
from playground.engine.runtime.out_of_memory import is_shortage
from playground.spec.data.dataset import Dataset
from playground.spec.files.file_kind import Use, misuse
from playground.spec.files.storage import FileError, read_bounded
from playground.spec.messages import Message, PlaygroundError, message
from playground.spec.number_text import bytes_text

Grey = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

SIDE = 28  # pixels of the result
FITTED = 20  # pixels of the ink's longer side, pen width included
_FAINT = 0.003  # share of the strongest ink up to which a pixel is ignored in the ink's bounding box

_MOST_BYTES = 64_000_000
_MOST_PIXELS = 50_000_000
_DAMAGED = message("This picture is damaged: it cannot be decoded to its end.")
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")
_LIGHT = 127  # mean of the edge pixels from which the background counts as light
_LONGEST = 400  # pixels to which the longer side of a larger image is reduced


class PictureError(PlaygroundError):
    """An image cannot be read, or shows nothing."""


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


def read_picture(source: Path | bytes) -> Grey:
    """Read a PNG, JPEG, BMP, GIF or WebP: (H, W) in [0, 1], white ink on black paper, H and W at most 400.

    Dark ink on light paper is inverted, uneven light and the paper's grain are removed, and so are small specks.
    A 28 × 28 image like MNIST's is returned unchanged. Transparent parts count as white paper; the first frame of an
    animation is read; a photograph is rotated according to its EXIF orientation.

    Raises:
        PictureError: it is too large, not an image, damaged, or shows nothing.
    """
    grey = _decoded(_bytes(source))
    if _like_mnist(grey):
        return grey
    found = ink(grey)
    if found is None:
        raise PictureError(message("Nothing can be seen in this picture: it is equally bright all over."))
    return found


def _bytes(source: Path | bytes) -> bytes:
    if isinstance(source, bytes):
        if len(source) > _MOST_BYTES:
            raise PictureError(
                message(
                    "The picture takes {size}; at most {most} are read.",
                    size=bytes_text(len(source)),
                    most=bytes_text(_MOST_BYTES),
                )
            )
        return source
    why = misuse(source, Use.PICTURE)
    if why is not None:
        raise PictureError(why)
    try:
        return read_bounded(source, _MOST_BYTES)
    except FileError as error:
        raise PictureError(error.message) from error


def tile(source: Path | bytes, side: int, colour: bool) -> Bytes:
    """Read an image as network input: (3, side, side) or, in grey, (1, side, side), bytes.

    It is scaled to its shorter side, and the longer side is cropped at both ends. Transparent parts count as white
    paper; a photograph is rotated according to its EXIF orientation.

    Raises:
        PictureError: it is too large, not an image, or damaged.
    """
    image = opened(_bytes(source))
    with _decoding(_DAMAGED):
        image.draft(None, (4 * side, 4 * side))
        upright = _on_white(ImageOps.exif_transpose(image)).convert("RGB" if colour else "L")
        fitted = np.asarray(ImageOps.fit(upright, (side, side), Image.Resampling.BILINEAR))
    return fitted.reshape(side, side, -1).transpose(2, 0, 1).copy()  # PIL's own memory is read-only


def fitted(source: Path | bytes, data: Dataset) -> Bytes:
    """An image like those of the data set: in their size and colours, inverted where they have a black background.

    Raises:
        PictureError: it cannot be read.
    """
    channels, side = data.sample_shape[0], data.sample_shape[1]
    found = tile(source, side, channels == 3)
    edge = np.concatenate((found[:, 0], found[:, -1], found[:, :, 0], found[:, :, -1]), axis=1)
    return 255 - found if getattr(data, "on_black", False) and edge.mean() > _LIGHT else found


def _decoded(data: bytes) -> Grey:
    """The image upright and grey, (H, W) in [0, 1], reduced where it is large."""
    image = opened(data)
    with _decoding(_DAMAGED):
        return _grey(ImageOps.exif_transpose(_reducible(image)))


@contextmanager
def _decoding(refusal: Message) -> Iterator[None]:
    """Turn decoding errors into `refusal`; lack of memory is raised unchanged, for it is not the image's fault."""
    try:
        yield
    except PictureError:
        raise
    except Exception as error:  # decoders raise many kinds of errors for damaged files
        if is_shortage(error):
            raise
        raise PictureError(refusal) from error


def opened(data: bytes) -> Image.Image:
    """Open an image, reading only its header.

    Raises:
        PictureError: it is not an image, has too many pixels, or has none.
    """
    with _decoding(message("This is not a picture: PNG, JPEG, BMP, GIF and WebP can be read.")):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                image = Image.open(io.BytesIO(data), formats=_FORMATS)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise PictureError(
                _too_many_pixels(message("more than {count:,}", count=Image.MAX_IMAGE_PIXELS))
            ) from error
    width, height = image.size  # from the header: nothing is decoded yet
    if width * height > _MOST_PIXELS:
        raise PictureError(_too_many_pixels(message("{width:,} × {height:,}", width=width, height=height)))
    if not (width and height):
        raise PictureError(message("This picture has no pixels."))
    return image


def _reducible(image: Image.Image) -> Image.Image:
    """Let a JPEG be decoded at a fraction of its size, where that is enough."""
    image.draft(None, (_LONGEST, _LONGEST))
    return image


def _grey(image: Image.Image) -> Grey:
    """Brightness over white paper, the longer side reduced to at most 400 pixels."""
    if image.mode in ("I;16", "I;16B", "I;16L", "I", "F"):
        deep = np.asarray(image, np.float32)
        image = Image.fromarray((deep / max(1.0, float(deep.max())) * 255).clip(0, 255).astype(np.uint8))
    image = _on_white(image).convert("L")
    longest = max(image.size)
    if longest > _LONGEST:
        width, height = (max(1, round(length * _LONGEST / longest)) for length in image.size)
        image = image.resize((width, height), Image.Resampling.BOX)
    return np.asarray(image, np.float32) / np.float32(255.0)


def _on_white(image: Image.Image) -> Image.Image:
    """The image composed over white paper."""
    if not image.has_transparency_data:
        return image
    above = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", above.size, "white"), above)


def _too_many_pixels(size: Message) -> Message:
    return message("The picture has {size} pixels; at most {most:,} are read.", size=size, most=_MOST_PIXELS)


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
