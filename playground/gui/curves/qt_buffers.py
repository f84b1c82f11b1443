"""Passes numpy arrays to Qt without a Python object per line, whose creation takes longer than the painting."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter, QPolygonF


def draw_polyline(painter: QPainter, points: NDArray[np.float64]) -> None:
    """Draw the polyline through points (n, 2)."""
    polygon = QPolygonF()
    polygon.resize(len(points))
    if len(points):
        memory: Any = cast(Any, shiboken6.VoidPtr)(polygon.data(), points.nbytes, True)  # writable
        np.frombuffer(memory, np.float64).reshape(-1, 2)[:] = points
    painter.drawPolyline(polygon)


def draw_pieces(painter: QPainter, points: NDArray[np.float64]) -> None:
    """Draw the same line segment by segment."""
    pieces = np.hstack((points[:-1], points[1:]))
    painter.drawLines(_first(pieces, QLineF), len(pieces))


def draw_rects(painter: QPainter, rects: NDArray[np.float64]) -> None:
    """Draw rectangles, given as rows of left, top, width and height, (n, 4)."""
    painter.drawRects(_first(rects, QRectF), len(rects))


def _first(rows: NDArray[np.float64], kind: type) -> Any:
    """The first row as a Qt object from which Qt reads all rows; the array must outlive the drawing."""
    assert rows.flags.c_contiguous
    return shiboken6.wrapInstance(rows.ctypes.data, kind)
