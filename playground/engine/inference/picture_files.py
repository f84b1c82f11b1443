"""Opens pictures in files: bounded, upright, on paper, in 8 bits a channel."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, ImageOps

from playground.engine.inference.heic import missing_heic_reader
from playground.engine.inference.picture_pixels import MOST_PIXELS, PILLOW_FORMATS, in_bytes, over
from playground.engine.runtime.out_of_memory import is_shortage
from playground.spec.files.file_kind import Use, is_heic, misuse
from playground.spec.files.storage import FileError, read_bounded
from playground.spec.messages import Message, PlaygroundError, message
from playground.spec.number_text import bytes_text

Grey = npt.NDArray[np.float32]

DAMAGED = message("This picture is damaged: it cannot be decoded to its end.")
FORMATS = "PNG, JPEG, BMP, GIF, WebP, TIFF, AVIF and HEIC"
_MOST_BYTES = 64_000_000
_LIGHT_INK = 150.0  # mean brightness from which ink on transparency counts as light
_ON_ITS_SIDE = (5, 6, 7, 8)  # EXIF orientations
_EVEN_INK = 30.0  # largest standard deviation of its brightness


class PictureError(PlaygroundError):
    """An image cannot be read, or shows nothing."""


def picture_bytes(source: Path | bytes) -> bytes:
    """The bytes of a picture.

    Raises:
        PictureError: there are too many, or the file cannot be read or is something else.
    """
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


@contextmanager
def decoding(refusal: Message) -> Iterator[None]:
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
    missing = missing_heic_reader(data)
    if missing is not None:
        raise PictureError(missing)
    formats = ("HEIF",) if is_heic(data) else PILLOW_FORMATS
    with decoding(message("This is not a picture: {formats} can be read.", formats=FORMATS)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                image = Image.open(io.BytesIO(data), formats=formats)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise PictureError(
                _too_many_pixels(message("more than {count:,}", count=Image.MAX_IMAGE_PIXELS))
            ) from error
    width, height = image.size  # from the header: nothing is decoded yet
    if width * height > MOST_PIXELS:
        raise PictureError(_too_many_pixels(message("{width:,} × {height:,}", width=width, height=height)))
    if not (width and height):
        raise PictureError(message("This picture has no pixels."))
    return image


def has_several_pages(data: bytes) -> bool:
    """Whether it is a TIFF of several pages, of which the first one is read.

    Raises:
        PictureError: it is not an image, or the second page is damaged.
    """
    image = opened(data)
    if image.format != "TIFF":
        return False
    with decoding(DAMAGED):
        try:
            image.seek(1)
        except EOFError:
            return False
    return True


def upright_size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels, after the rotation by its EXIF orientation; nothing is decoded.

    Raises:
        PictureError: it is not an image.
    """
    image = opened(data)
    with decoding(DAMAGED):
        turned = image.getexif().get(ExifTags.Base.Orientation) in _ON_ITS_SIDE
    return (image.height, image.width) if turned else image.size


def upright(data: bytes, side: int) -> Image.Image:
    """Decode a picture in 8 bits a channel, rotated according to its EXIF orientation.

    A large JPEG may be decoded at a fraction of its size, of which both sides are at least `side` pixels.

    Raises:
        PictureError: it is too large, not an image, or damaged.
    """
    image = opened(data)
    with decoding(DAMAGED):
        image.draft(None, (side, side))
        return ImageOps.exif_transpose(in_bytes(image))


def on_paper(image: Image.Image) -> Image.Image:
    """The image composed over white paper; black where it is light ink on transparency."""
    if not image.has_transparency_data:
        return image
    pixels = np.asarray(image.convert("RGBA").convert("LA"), np.float64)
    shares = pixels[..., 1] / max(1.0, float(pixels[..., 1].sum()))
    mean = float((pixels[..., 0] * shares).sum())
    deviation = float(((pixels[..., 0] - mean) ** 2 * shares).sum()) ** 0.5
    return over(image, "black" if mean > _LIGHT_INK and deviation < _EVEN_INK else "white")


def grey_page(data: bytes, longest: int) -> tuple[Grey, float]:
    """Brightness over paper, (H, W) in [0, 1], the longer side at most `longest` pixels; and how much it was reduced.

    Raises:
        PictureError: it is too large, not an image, or damaged.
    """
    size = max(opened(data).size)
    image = upright(data, longest)
    with decoding(DAMAGED):
        grey = reduced(np.asarray(on_paper(image).convert("L"), np.float32) / np.float32(255.0), longest)
    return grey, size / max(grey.shape)


def reduced(grey: Grey, longest: int) -> Grey:
    """A grey picture reduced, by averaging, so that its longer side is at most `longest` pixels."""
    share = longest / max(grey.shape)
    if share >= 1:
        return grey
    height, width = (max(1, round(length * share)) for length in grey.shape)
    image = Image.fromarray(np.ascontiguousarray(grey, np.float32))
    return np.asarray(image.resize((width, height), Image.Resampling.BOX), np.float32).clip(0.0, 1.0)


def _too_many_pixels(size: Message) -> Message:
    return message("The picture has {size} pixels; at most {most:,} are read.", size=size, most=MOST_PIXELS)
