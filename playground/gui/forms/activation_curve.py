"""Draws the curve of an activation function, so that the effect of its settings is visible.

It is painted in 20 lines: a pyqtgraph plot would open in 17 ms instead of 1, after an import that takes 240 ms.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.style.theme import theme_of
from playground.spec.layer import Kind, Layer
from playground.spec.layers.activation import Nonlinearity

_INPUT_LIMIT = 4.0  # inputs from −4 to 4 are drawn
_POINTS = 97
_HEIGHT = 84


def curve_of(layer: Layer) -> tuple[tuple[float, float], ...] | None:
    """Points (input, output) of the activation that `layer` is or has; None if there is no curve to draw."""
    candidates = (layer, *layer.values().values())
    activation = next((item for item in candidates if isinstance(item, Nonlinearity)), None)
    if activation is None:
        return None
    inputs = [_INPUT_LIMIT * (2.0 * i / (_POINTS - 1) - 1.0) for i in range(_POINTS)]
    points = [(x, y) for x in inputs if (y := activation.at(x)) is not None]
    return tuple(points) or None


class ActivationCurve(QWidget):
    """A small plot of `curve_of` a layer; hidden if there is no curve."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: tuple[tuple[float, float], ...] = ()
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Curve of the activation"))
        self.hide()

    def show_layer(self, layer: Layer) -> None:
        """Draw the curve of a layer's activation."""
        self._points = curve_of(layer) or ()
        self.setVisible(bool(self._points))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        if not self._points:
            return
        theme = theme_of(self)
        low = min(-1.2, min(y for _, y in self._points))
        high = max(1.2, max(y for _, y in self._points))
        width, height = self.width() - 1.0, self.height() - 8.0

        def pixel(x: float, y: float) -> QPointF:
            return QPointF(width * (x + _INPUT_LIMIT) / (2 * _INPUT_LIMIT), 4.0 + height * (high - y) / (high - low))

        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawLine(pixel(-_INPUT_LIMIT, 0.0), pixel(_INPUT_LIMIT, 0.0))
        painter.drawLine(pixel(0.0, low), pixel(0.0, high))
        pen = QPen(theme.kind(Kind.ACTIVATION), 2)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF([pixel(x, y) for x, y in self._points]))
        painter.end()
