"""Colours and marks of classes and heights: distinguishable with any colour vision, classes also by their marks."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from playground.gui.style.theme import Theme, mixed

_CLASSES = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#8c6bb1")  # after Okabe and Ito
_BRIGHT = ("#3d9fe0", "#f0b030", "#2fbf92", "#e08fbe", "#a58ad0")  # the same on a dark background
_STRENGTH = 0.62  # of the map's colours, so that points stand out
ICON = QSize(14, 14)  # pixels; of a mark on a button
_LEVELS = 51  # levels of certainty per class if there are more than two, see `DecisionMap`


def class_color(theme: Theme, label: int) -> QColor:
    """The colour of a class."""
    return QColor((_BRIGHT if theme.dark else _CLASSES)[label])


def height_color(theme: Theme, height: float) -> QColor:
    """The colour of a height: from the first class's for -1 to the second's for 1."""
    share = max(-1.0, min(height, 1.0))
    return mixed(_ground(theme), class_color(theme, int(share > 0)), abs(share))


@cache
def table(theme: Theme, classes: int | None, *, discrete: bool) -> list[int]:
    """The colours of the map's 256 levels; `discrete` shows only the class, or the sign of the height.

    The list is cached and must not be modified.
    """
    if classes is None or classes == 2:
        return [_between(theme, (level - 127.5) / 127.5, discrete).rgb() for level in range(256)]
    colors = []
    for level in range(256):
        label, certainty = min(level // _LEVELS, classes - 1), level % _LEVELS / (_LEVELS - 1)
        share = 1.0 if discrete else 0.15 + 0.85 * certainty
        colors.append(mixed(_ground(theme), class_color(theme, label), _STRENGTH * share).rgb())
    return colors


def mark(painter: QPainter, center: QPointF, radius: float, label: int) -> None:
    """Paint the mark of a class with the painter's pen and brush: disc, square, triangle, diamond, turned triangle."""
    if label == 0:
        painter.drawEllipse(center, radius, radius)
    elif label == 1:
        side = 0.88 * radius
        painter.drawRect(QRectF(center.x() - side, center.y() - side, 2 * side, 2 * side))
    else:
        painter.drawPolygon(_polygon(center, 1.25 * radius, label))


def icon(theme: Theme, color: QColor, label: int, ratio: float) -> QIcon:
    """A mark as on the map, for a button, of size `ICON`."""
    pixmap = QPixmap(ICON * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.color("muted"), 1.0))
    painter.setBrush(color)
    mark(painter, QPointF(7, 7), 4.5, label)
    painter.end()
    return QIcon(pixmap)


def rounded(square: QRectF, radius: float) -> QPainterPath:
    """A square with round corners."""
    path = QPainterPath()
    path.addRoundedRect(square, radius, radius)
    return path


def _polygon(center: QPointF, radius: float, label: int) -> QPolygonF:
    corners = {
        2: ((0.0, -1.0), (0.9, 0.6), (-0.9, 0.6)),
        3: ((0.0, -1.0), (0.9, 0.0), (0.0, 1.0), (-0.9, 0.0)),
        4: ((0.0, 1.0), (0.9, -0.6), (-0.9, -0.6)),
    }[label]
    return QPolygonF([QPointF(center.x() + radius * x, center.y() + radius * y) for x, y in corners])


def _between(theme: Theme, share: float, discrete: bool) -> QColor:
    strength = _STRENGTH * (1.0 if discrete else abs(share))
    return mixed(_ground(theme), class_color(theme, int(share > 0)), strength)


def _ground(theme: Theme) -> QColor:
    """The neutral colour between two classes."""
    return QColor("#23272f" if theme.dark else "#f7f7f8")
