"""Hands Qt what numpy holds, as it lies in the memory: to make an object of each line takes longer than to paint it."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter, QPolygonF


def draw_polyline(painter: QPainter, places: NDArray[np.float64]) -> None:
    """The line through the places, (n, 2)."""
    polygon = QPolygonF()
    polygon.resize(len(places))
    if len(places):
        memory: Any = cast(Any, shiboken6.VoidPtr)(polygon.data(), places.nbytes, True)  # writable
        np.frombuffer(memory, np.float64).reshape(-1, 2)[:] = places
    painter.drawPolyline(polygon)


def draw_pieces(painter: QPainter, places: NDArray[np.float64]) -> None:
    """The same, each piece from one place to the next a line of its own."""
    pieces = np.hstack((places[:-1], places[1:]))
    painter.drawLines(_first(pieces, QLineF), len(pieces))


def draw_rects(painter: QPainter, rects: NDArray[np.float64]) -> None:
    """Rectangles, rows of left, top, width and height, (n, 4)."""
    painter.drawRects(_first(rects, QRectF), len(rects))


def _first(rows: NDArray[np.float64], kind: type) -> Any:
    """The first row, where Qt reads on to the others; it belongs to the array, which must outlive the drawing."""
    assert rows.flags.c_contiguous
    return shiboken6.wrapInstance(rows.ctypes.data, kind)
