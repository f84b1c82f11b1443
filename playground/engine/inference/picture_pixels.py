"""Turns decoded pictures into pixels of 8 bits a channel and one size, in the engine and in exported programs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

PILLOW_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "AVIF")
MOST_PIXELS = 50_000_000  # of a picture that is read
_BITS_PER_SAMPLE, _PHOTOMETRIC = 258, 262  # numbers of tags in a TIFF


def in_bytes(image: Image.Image) -> Image.Image:
    """Deep greys in 8 bits: black stays black, and the format's white becomes 255.

    White is 65535 in 16 bits, and 4095 in the 12 of a TIFF, which may also say that 0 is white. Numbers of 32 bits
    have no white of their own: it is 1, 255 or 65535, the first that no value exceeds; other values are stretched
    between their smallest and largest. Colours of 16 bits a channel need nothing: Pillow decodes their upper 8 bits.
    """
    if not image.mode.startswith(("I", "F")):
        return image
    deep = np.nan_to_num(np.asarray(image, np.float64), posinf=0.0, neginf=0.0)
    low, white = 0.0, 65535.0
    tags = getattr(image, "tag_v2", {})  # of a TIFF
    if image.mode.startswith("I;16") and tags:
        white = 2.0 ** tags.get(_BITS_PER_SAMPLE, (16,))[0] - 1
        deep = white - deep if tags.get(_PHOTOMETRIC) == 0 else deep
    if not image.mode.startswith("I;16"):
        largest = float(deep.max())
        known = (1.0, 255.0, 65535.0) if image.mode == "F" else (65535.0,)
        white = next((bound for bound in known if largest <= bound), largest)
        if deep.min() < 0 or white == largest:
            low, white = float(deep.min()), max(largest, float(deep.min()) + 1e-9)
    found = Image.fromarray(((deep - low) / (white - low) * 255).round().clip(0, 255).astype(np.uint8))
    found.info.update({key: value for key, value in image.info.items() if key == "exif"})
    return found


def on_white(image: Image.Image) -> Image.Image:
    """The image composed over white paper."""
    return over(image, "white") if image.has_transparency_data else image


def over(image: Image.Image, paper: str) -> Image.Image:
    """The image composed over paper of a colour."""
    above = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", above.size, paper), above)


def square(image: Image.Image, side: int, mode: str, framing: str = "crop") -> npt.NDArray[np.uint8]:
    """A picture of 8 bits a channel as (channels, side, side), over white, in Pillow's `mode`.

    `framing` "crop": it is scaled to its shorter side, and the longer side is cropped at both ends. "pad": it is scaled
    to its longer side, and the rest is filled with the mean colour of its edge. "stretch": both sides are scaled.
    """
    paper = on_white(image).convert(mode)
    if framing == "pad":
        return padded(paper, side)
    if framing == "stretch":
        fitted = paper.resize((side, side), Image.Resampling.BILINEAR)
    else:
        fitted = ImageOps.fit(paper, (side, side), Image.Resampling.BILINEAR)
    return np.asarray(fitted).reshape(side, side, -1).transpose(2, 0, 1).copy()  # Pillow's own memory is read-only


def padded(image: Image.Image, side: int) -> npt.NDArray[np.uint8]:
    """All of an image as (channels, side, side), in the middle; the rest has the mean colour of its edge."""
    width, height = (max(1, round(length * side / max(image.size))) for length in image.size)
    whole = np.asarray(image.resize((width, height), Image.Resampling.BILINEAR)).reshape(height, width, -1)
    edge = np.concatenate((whole[0], whole[-1], whole[:, 0], whole[:, -1]))
    filled = np.empty((side, side, whole.shape[2]), np.uint8)
    filled[:] = np.rint(edge.mean(0))
    top, left = (side - height) // 2, (side - width) // 2
    filled[top : top + height, left : left + width] = whole
    return filled.transpose(2, 0, 1).copy()
