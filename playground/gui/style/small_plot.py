"""Small plots: axes with numbers in the format of all settings, no interaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import floor, isclose, log10

import pyqtgraph as pg
from PySide6.QtCore import Qt

from playground.gui.style.theme import Theme
from playground.spec.number_text import setting_text

SIZE = (260, 150)  # pixels
_LINE = 15  # pixels between two numbers on the left axis, at least

_Spacing = list[tuple[float, float]]  # of the ticks at each level, and where they begin


def tick_texts(values: Sequence[float], _scale: float, _spacing: float) -> list[str]:
    """The texts of `pyqtgraph.AxisItem`'s ticks."""
    return [setting_text(value) for value in values]


def count_texts(values: Sequence[float], _scale: float, _spacing: float) -> list[str]:
    """The texts of ticks where numbers count something: nothing beside fractions and negative numbers."""
    return [
        f"{round(value):,}" if value >= 0 and isclose(value, round(value), abs_tol=1e-9) else "" for value in values
    ]


def small_plot(name: str, *, fixed: bool = True) -> pg.PlotWidget:
    """A plot with this accessible name, of fixed size or with the size that its layout gives it."""
    plot = pg.PlotWidget()
    if fixed:
        plot.setFixedSize(*SIZE)
    plot.setMenuEnabled(False)
    plot.setMouseEnabled(False, False)
    plot.hideButtons()
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    plot.setAcceptDrops(False)  # files that are dropped on it are for the window
    plot.setAccessibleName(name)
    plot.getAxis("left").setWidth(48)
    for axis in ("left", "bottom"):
        plot.getAxis(axis).tickStrings = tick_texts
    plot.getAxis("left").tickSpacing = roomy(plot.getAxis("left").tickSpacing)
    plot.getAxis("bottom").setStyle(textFillLimits=[(0, 0.5)])  # of the width: at 0.8 numbers nearly touch
    return plot


def roomy(spacing: Callable[[float, float, float], _Spacing]) -> Callable[[float, float, float], _Spacing]:
    """Spacings as those of `pyqtgraph.AxisItem.tickSpacing`, wider where the numbers would lie on each other."""

    def wider(low: float, high: float, size: float) -> _Spacing:
        levels = spacing(low, high, size)
        if not levels or abs(high - low) / levels[0][0] * _LINE <= size:
            return levels
        step = levels[0][0]
        while abs(high - low) / step * _LINE > size and step < abs(high - low):
            step = _next(step)
        return [(step, 0.0)]

    return wider


def _next(step: float) -> float:
    """The number after this one in 1, 2, 5, 10, 20, …"""
    power = 10.0 ** floor(log10(step) + 1e-9)
    return power * (2 if step / power < 1.5 else 5 if step / power < 3 else 10)


def restyle(plot: pg.PlotWidget, theme: Theme) -> None:
    """Set the colours of background and axes."""
    plot.setBackground(theme.color("panel"))
    for name in ("left", "bottom"):
        axis = plot.getAxis(name)
        axis.setPen(theme.color("border"))
        axis.setTextPen(theme.color("muted"))
