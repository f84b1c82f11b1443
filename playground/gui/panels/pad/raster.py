"""Rasterizes a drawing: as shown on the pad, and as the input of the network.

The input is normalized like the digits of MNIST: the ink fitted to 20 × 20 pixels with grey edges, its centre of mass
in the middle of 28 × 28. Strokes are not scaled as a picture but redrawn with a pen of two pixels, so that a small
drawing gives the same picture as a large one.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from playground.engine.inference.pictures import FITTED, digit
from playground.gui.panels.pad.strokes import MEDIUM, Drawing, Image, Stroke

PEN = 2.0  # width of a medium pen in pixels of the 28 × 28
FIELD = 56  # side of a field in pixels
SUPERSAMPLING = 8  # pixels drawn per pixel of the result, along each axis
_SMALLEST = 0.04  # ink smaller than this share of the pad is a dot and is not enlarged further
_SHOWN_SIDE = 320  # side in pixels at which the pad is rasterized as shown
_BLANK = 0.02  # below this maximum the picture counts as empty

Grey = NDArray[np.float32]


def picture(drawing: Drawing) -> Grey | None:
    """The 28 × 28 input of the network, 0–1, or None if there is no ink on the pad."""
    if drawing.empty:
        return None
    if drawing.image is not None and not drawing.strokes:
        image = drawing.image
        exact = image.as_seen or image.label is not None  # a picture of a data set must not be changed
        return image.grey if exact else _normalised(image.grey)
    return _normalised(fitted(drawing.strokes) if drawing.plain else seen(drawing))


def _normalised(grey: Grey) -> Grey | None:
    return digit(grey) if grey.size and float(grey.max()) > _BLANK else None


def fitted(strokes: tuple[Stroke, ...]) -> Grey:
    """Draw the ink so that its longer side takes `FITTED` pixels at `SUPERSAMPLING`, whatever its size on the pad.

    strokes: at least one, none of them erasing. Returns (160, 160), 0–1, with the ink in the upper left corner.
    """
    side = FITTED * SUPERSAMPLING
    points = np.array([(point.x, point.y) for stroke in strokes for point in stroke.points])
    radii = np.concatenate([_radii(stroke) for stroke in strokes])
    scale = min(_scale(points[:, 0], radii, side), _scale(points[:, 1], radii, side), side / _SMALLEST)
    left, top = (points * scale - radii[:, None]).min(0)
    image = _black(side)
    painter = _painter(image)
    for stroke in strokes:
        _draw(painter, stroke, scale, _pen(stroke), QPointF(-left, -top))
    painter.end()
    return grey_of(image)


def _pen(stroke: Stroke) -> float:
    """The width of a stroke in the network's input, in supersampled pixels."""
    return PEN * SUPERSAMPLING * stroke.width / MEDIUM


def _radii(stroke: Stroke) -> NDArray[np.float64]:
    """The radius of the ink around each point, in supersampled pixels: that of the wider of its two segments."""
    lines = np.array(stroke.factors)
    around: NDArray[np.float64] = np.maximum(np.append(lines, 0.0), np.append(0.0, lines))[: len(stroke.points)]
    return around * (_pen(stroke) / 2)


def _scale(coordinates: NDArray[np.float64], radii: NDArray[np.float64], side: float) -> float:
    """The scale at which discs of fixed radii around the scaled coordinates span `side`, along one axis.

    The span is convex and piecewise linear in the scale, so Newton's method from above ends after a few exact steps.
    """
    extent = float(coordinates.max() - coordinates.min())
    if extent == 0:
        return float("inf")
    scale = (side - 2 * float(radii.min())) / extent
    for _ in range(8):
        ends, begins = coordinates * scale + radii, coordinates * scale - radii
        last, first = int(ends.argmax()), int(begins.argmin())
        excess = float(ends[last] - begins[first]) - side
        slope = float(coordinates[last] - coordinates[first])
        if excess <= 1e-9 or slope <= 0:
            break
        scale -= excess / slope
    return scale


def seen(drawing: Drawing) -> Grey:
    """The pad as shown on the screen, (320, 320), 0–1."""
    image = _black(_SHOWN_SIDE)
    painter = _painter(image)
    paint(painter, drawing, _SHOWN_SIDE)
    painter.end()
    return grey_of(image)


def field(drawing: Drawing) -> Grey | None:
    """The 56 × 56 input of the network for a drawing on a field, 0–1, or None for an empty one.

    The field is used unchanged, pixel by pixel; where it overlaps with ink, the lighter value is used.
    """
    if drawing.empty:
        return None
    ground = _ground(drawing.image)
    erased = tuple(replace(stroke, erase=False) for stroke in drawing.strokes if stroke.erase)
    field: Grey = np.maximum(ground * (1 - inked(erased)), inked(drawing.strokes))
    return field


def inked(strokes: tuple[Stroke, ...]) -> Grey:
    """The fraction of each pixel of a field that strokes cover, (56, 56), 0–1."""
    image = _black(FIELD * SUPERSAMPLING)
    painter = _painter(image)
    for stroke in strokes:
        paint_stroke(painter, stroke, FIELD * SUPERSAMPLING)
    painter.end()
    fine = grey_of(image).reshape(FIELD, SUPERSAMPLING, FIELD, SUPERSAMPLING)
    covered: Grey = fine.mean((1, 3), dtype=np.float32)
    return covered


def _ground(image: Image | None) -> Grey:
    """A picture as a field: unchanged if it has that size, else scaled to fit."""
    if image is not None and image.grey.shape == (FIELD, FIELD):
        return image.grey
    drawn = _black(FIELD)
    if image is not None:
        painter = _painter(drawn)
        paint(painter, Drawing(image), FIELD)
        painter.end()
    return grey_of(drawn)


def paint(painter: QPainter, drawing: Drawing, side: float) -> None:
    """Paint a drawing onto a black square of that side, at the origin."""
    if drawing.image is not None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        image = image_of(drawing.image.grey)
        painter.drawImage(_image_rect(drawing.image, side), image)
    for stroke in drawing.strokes:
        paint_stroke(painter, stroke, side)


def paint_stroke(painter: QPainter, stroke: Stroke, side: float) -> None:
    """Paint one stroke onto a square of that side, at the origin; erasing strokes are black."""
    _draw(painter, stroke, side, stroke.width * side, QPointF())


def _image_rect(image: Image, side: float) -> QRectF:
    """The rectangle of a picture: as large as possible, centred."""
    height, width = image.grey.shape
    scale = side / max(height, width)
    width, height = width * scale, height * scale
    return QRectF((side - width) / 2, (side - height) / 2, width, height)


def _draw(painter: QPainter, stroke: Stroke, scale: float, width: float, offset: QPointF) -> None:
    coordinates = [QPointF(point.x * scale, point.y * scale) + offset for point in stroke.points]
    pen = QPen(QColor("black" if stroke.erase else "white"))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setWidthF(width * stroke.factors[0])
    painter.setPen(pen)
    if len(coordinates) == 1:
        painter.drawPoint(coordinates[0])
    elif stroke.even:
        painter.drawPolyline(QPolygonF(coordinates))
    else:
        for (begin, end), wider in zip(pairwise(coordinates), stroke.factors, strict=True):
            pen.setWidthF(width * wider)
            painter.setPen(pen)
            painter.drawLine(QLineF(begin, end))


def _black(side: int) -> QImage:
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    return image


def _painter(image: QImage) -> QPainter:
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return painter


def grey_of(image: QImage) -> Grey:
    """The grey values of a grey picture in `Format_RGB32`, (H, W), 0–1."""
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return pixels[:, : image.width(), 0].astype(np.float32) / np.float32(255)


def image_of(grey: Grey) -> QImage:
    """A grey picture, (H, W), 0–1, as a `QImage`."""
    pixels = np.ascontiguousarray(np.clip(grey * 255 + 0.5, 0, 255).astype(np.uint8))
    height, width = pixels.shape
    return QImage(pixels.data, width, height, width, QImage.Format.Format_Grayscale8).copy()
