"""Draws what an activation makes of a number, so that its settings can be seen at once."""

from __future__ import annotations

from collections.abc import Callable
from math import erf, exp, sqrt, tanh
from typing import Any

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.theme import theme_of
from playground.spec.layer import Kind, Layer

_REACH = 4.0  # inputs from −4 to 4 are drawn
_POINTS = 97
_HEIGHT = 84


def _sigmoid(x: float) -> float:
    return 1.0 / (1.0 + exp(-x))


def _gelu(x: float, approximate: str) -> float:
    if approximate == "tanh":
        return 0.5 * x * (1.0 + tanh(sqrt(2.0 / 3.141592653589793) * (x + 0.044715 * x**3)))
    return 0.5 * x * (1.0 + erf(x / sqrt(2.0)))


# By stable id, with the activation's own settings as further arguments; the formulas are those of `torch.nn`.
_CURVES: dict[str, Callable[..., float]] = {
    "relu": lambda x: max(0.0, x),
    "leaky_relu": lambda x, negative_slope: x if x > 0 else negative_slope * x,
    "elu": lambda x, alpha: x if x > 0 else alpha * (exp(x) - 1.0),
    "gelu": _gelu,
    "silu": lambda x: x * _sigmoid(x),
    "sigmoid": _sigmoid,
    "tanh": tanh,
}


def curve_of(layer: Layer) -> tuple[tuple[float, float], ...] | None:
    """Points (input, output) of the activation that `layer` is or carries; None where no curve can be drawn."""
    activation: Any = layer if layer.kind is Kind.ACTIVATION else getattr(layer, "activation", None)
    function = _CURVES.get(activation.id) if activation is not None else None
    if function is None:
        return None
    settings = {name: value for name, value in activation.values().items() if name != "enabled"}
    inputs = (_REACH * (2.0 * i / (_POINTS - 1) - 1.0) for i in range(_POINTS))
    return tuple((x, function(x, **settings)) for x in inputs)


class ActivationCurve(QWidget):
    """A small plot of `curve_of` a layer; hidden where there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: tuple[tuple[float, float], ...] = ()
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Curve of the activation"))
        self.hide()

    def show_layer(self, layer: Layer) -> None:
        """Draw the curve of that layer's activation."""
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

        def place(x: float, y: float) -> QPointF:
            return QPointF(width * (x + _REACH) / (2 * _REACH), 4.0 + height * (high - y) / (high - low))

        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawLine(place(-_REACH, 0.0), place(_REACH, 0.0))
        painter.drawLine(place(0.0, low), place(0.0, high))
        pen = QPen(theme.kind(Kind.ACTIVATION), 2)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF([place(x, y) for x, y in self._points]))
        painter.end()
