"""Draws digits on paper, for measuring how pictures of digits are read: own glyphs, pens, papers and light."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Grey = NDArray[np.float64]
Points = list[tuple[float, float]]
_SHARPER = 3  # subpixels along each axis


def _arc(x: float, y: float, across: float, down: float, begin: float, end: float) -> Points:
    """Part of an ellipse about (x, y), angles in degrees, clockwise from the right."""
    turns = np.radians(np.linspace(begin, end, 40))
    return [(x + across * float(np.cos(turn)), y + down * float(np.sin(turn))) for turn in turns]


# A glyph is a digit and its strokes; x and y grow to the right and downward, 1 is the height of the digit.
GLYPHS: tuple[tuple[int, list[Points]], ...] = (
    (0, [_arc(0.3, 0.5, 0.3, 0.5, -90, 270)]),
    (1, [[(0.1, 0.0), (0.1, 1.0)]]),
    (2, [[*_arc(0.3, 0.27, 0.28, 0.27, 190, 380), (0.02, 1.0), (0.62, 1.0)]]),
    (3, [[*_arc(0.27, 0.25, 0.27, 0.25, 200, 440), *_arc(0.27, 0.74, 0.31, 0.26, -85, 160)]]),
    (4, [[(0.42, 0.0), (0.0, 0.66), (0.66, 0.66)], [(0.46, 0.36), (0.46, 1.0)]]),
    (5, [[(0.58, 0.0), (0.1, 0.0), (0.06, 0.45), *_arc(0.27, 0.69, 0.31, 0.31, 235, 510)]]),
    (6, [[(0.48, 0.0), (0.2, 0.3), (0.04, 0.6), *_arc(0.3, 0.73, 0.27, 0.27, 190, 560)]]),
    (7, [[(0.0, 0.0), (0.62, 0.0), (0.22, 1.0)]]),
    (8, [_arc(0.3, 0.25, 0.24, 0.25, 90, 450), _arc(0.3, 0.75, 0.3, 0.25, -90, 270)]),
    (9, [[*_arc(0.3, 0.28, 0.27, 0.28, -10, -370), (0.57, 0.3), (0.46, 1.0)]]),
    (1, [[(0.0, 0.24), (0.22, 0.0), (0.22, 1.0)]]),
    (2, [[(0.02, 0.2), (0.2, 0.0), (0.46, 0.03), (0.56, 0.25), (0.0, 1.0), (0.6, 1.0)]]),
    (3, [[(0, 0.1), (0.3, 0), (0.58, 0.16), (0.5, 0.4), (0.24, 0.5), (0.54, 0.6), (0.62, 0.84), (0.3, 1), (0, 0.9)]]),
    (4, [[(0.06, 0.0), (0.0, 0.52), (0.6, 0.52)], [(0.54, 0.0), (0.5, 1.0)]]),
    (5, [[(0.12, 0.04), (0.06, 0.42), (0.4, 0.42), (0.56, 0.65), (0.42, 0.95), (0.0, 1.0)], [(0.2, 0.0), (0.62, 0.0)]]),
    (7, [[(0.0, 0.02), (0.6, 0.0), (0.2, 1.0)], [(0.16, 0.5), (0.54, 0.48)]]),
    (0, [[(0.2, 0.02), (0.5, 0.1), (0.6, 0.5), (0.46, 0.92), (0.2, 1.0), (0.02, 0.7), (0.04, 0.25), (0.2, 0.02)]]),
    (9, [[(0.52, 0.1), (0.24, 0.0), (0.04, 0.2), (0.16, 0.46), (0.5, 0.36), (0.54, 0.06), (0.52, 0.6), (0.34, 1.0)]]),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """How a digit is put on a page; lengths are shares of the page's side, the pen is one of the digit's height."""

    side: int = 400
    height: float = 0.6
    pen: float = 0.09
    margin: float | None = None  # the page is cut to the digit with so much around it, as a share of its height
    place: tuple[float, float] = (0.5, 0.5)  # of the space that is left: 0 at the left or upper edge
    dots: float = 0.0  # distance of the dots, in pens; 0 for a line


def drawn(strokes: list[Points], look: Look) -> Grey:
    """The coverage of each pixel by ink, in [0, 1]."""
    xs, ys = zip(*(point for stroke in strokes for point in stroke), strict=True)
    height = look.height * look.side
    pen = look.pen * height
    scale = height - pen  # the pen counts
    width = (max(xs) - min(xs)) * scale + pen
    if look.margin is None:
        page = (look.side, look.side)
        left, top = (look.side - width) * look.place[0], (look.side - height) * look.place[1]
    else:
        left = top = look.margin * height
        page = (max(1, round(width + 2 * left)), max(1, round(height + 2 * top)))
    sheet = Image.new("L", (page[0] * _SHARPER, page[1] * _SHARPER))
    brush, radius = ImageDraw.Draw(sheet), pen * _SHARPER / 2
    for stroke in strokes:
        points = [
            (((x - min(xs)) * scale + pen / 2 + left) * _SHARPER, ((y - min(ys)) * scale + pen / 2 + top) * _SHARPER)
            for x, y in stroke
        ]
        for x, y in _along(points, max(0.3, radius / 6) if not look.dots else look.dots * 2 * radius):
            brush.ellipse((x - radius, y - radius, x + radius, y + radius), 255)
    return np.asarray(sheet.resize(page, Image.Resampling.BOX), np.float64) / 255


def _along(points: Points, step: float) -> Points:
    """Points along a polyline, `step` apart, with both ends."""
    found = [points[0]]
    corners = np.array(points)
    lengths = np.hypot(*np.diff(corners, axis=0).T)
    reached = np.concatenate(([0.0], np.cumsum(lengths)))
    for place in np.linspace(0.0, reached[-1], max(2, round(reached[-1] / step) + 1)):
        found.append((float(np.interp(place, reached, corners[:, 0])), float(np.interp(place, reached, corners[:, 1]))))
    return found


def on_paper(ink: Grey, paper: Grey | float = 0.95, shade: float = 0.1) -> Grey:
    """Ink on paper under its light: (H, W) in [0, 1]."""
    return np.asarray(paper * (1 - ink) + np.asarray(paper) * shade * ink)


def light(shape: tuple[int, ...], kind: str) -> Grey:
    """Paper in uneven light."""
    y, x = np.mgrid[0 : 1 : shape[0] * 1j, 0 : 1 : shape[1] * 1j]
    dark = {
        "hard vertical": x > 0.55,
        "hard diagonal": x + y > 1.1,
        "hard corner": (x < 0.45) & (y < 0.5),
        "hard strip": np.abs(x - 0.5 * y - 0.3) < 0.15,
        "hand": (x - 1.0) ** 2 + (y - 0.9) ** 2 < 0.4,
        "soft": 1 / (1 + np.exp((0.5 - x) * 12)),
        "corners": np.minimum(1.0, 1.6 * ((x - 0.5) ** 2 + (y - 0.5) ** 2)),
        "lamp": np.clip(1.3 * np.hypot(x, y) / 1.4, 0, 1),
    }[kind]
    return np.asarray(0.95 - 0.45 * dark)


def ruled(shape: tuple[int, ...], gap: float, width: float, shade: float, *, squared: bool = False) -> Grey:
    """Lined paper: the gap and the width of the lines in pixels, `shade` their share of the paper's brightness."""
    lines = np.arange(shape[0]) % gap < width
    page = np.broadcast_to(lines[:, None], shape)
    if squared:
        page = page | (np.arange(shape[1]) % gap < width)[None, :]
    return np.where(page, 0.95 * shade, 0.95)


def framed(page: Grey, width: int, inset: int = 0, shade: float = 0.1) -> Grey:
    """A page with a frame drawn around it."""
    found = page.copy()
    high, wide = page.shape
    box = np.zeros(page.shape, bool)
    box[inset : high - inset, inset : wide - inset] = True
    box[inset + width : high - inset - width, inset + width : wide - inset - width] = False
    found[box] = shade
    return found


def blurred(page: Grey, radius: float) -> Grey:
    """A page out of focus."""
    return np.asarray(image(page).filter(ImageFilter.GaussianBlur(radius)), np.float64) / 255


def image(page: Grey) -> Image.Image:
    """A grey picture of a page."""
    return Image.fromarray((page.clip(0, 1) * 255).round().astype(np.uint8))


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """The bytes of a file."""
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def transparent(ink: Grey, colour: tuple[int, int, int]) -> bytes:
    """Ink of one colour on transparency, as a PNG file."""
    pixels = np.zeros((*ink.shape, 4), np.uint8)
    pixels[..., :3] = colour
    pixels[..., 3] = (ink * 255).round()
    return encoded(Image.fromarray(pixels))
