"""Plots a range test: the loss over the learning rate, with the suggested range shaded and the suggestion marked."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10
from typing import NamedTuple

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.engine.training.rate_test import RateTest
from playground.gui.style.small_plot import restyle, small_plot
from playground.gui.style.theme import theme_of
from playground.spec.number_text import setting_text

_SHADE = 0.18  # opacity of the range
_FAINT = 0.5  # opacity of the losses of single batches
_ABOVE = 1.6  # the plot ends at so many times the smoothed loss of the start; what explodes leaves it at the top


class RateCurve(NamedTuple):
    """The plotted values; rates as their decimal logarithms."""

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    smoothed: tuple[float, ...]
    shaded: tuple[float, float] | None
    marked: float | None
    shown: tuple[float, float]  # losses, from the bottom to the top of the plot


def curve_of(test: RateTest) -> RateCurve:
    """The curve of a test with at least one step."""
    found = test.suggestion
    low, high = min(test.smoothed), max(test.smoothed)
    start = test.smoothed[0]
    high = min(high, low + _ABOVE * max(start - low, 0.1 * abs(start)))
    return RateCurve(
        rates=tuple(map(log10, test.rates)),
        losses=test.losses,
        smoothed=test.smoothed,
        shaded=(log10(found.low), log10(found.high)) if found else None,
        marked=log10(found.rate) if found else None,
        shown=(low, high),
    )


class RatePlot(QWidget):
    """A plot of `curve_of` a test."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = small_plot(self.tr("Loss over the learning rate"))
        self.plot.getAxis("bottom").tickStrings = _decade_texts
        self.plot.getAxis("bottom").setTickSpacing(2.0, 1.0)
        self.range = pg.LinearRegionItem(movable=False, pen=pg.mkPen(None))
        self.mark = pg.InfiniteLine(angle=90)
        self.plot.addItem(self.range)
        self.losses = self.plot.plot([], [], antialias=True)
        self.curve = self.plot.plot([], [], antialias=True)
        self.plot.addItem(self.mark)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.plot)
        self._restyle()

    def show_test(self, test: RateTest) -> None:
        """Show a test with at least one step."""
        found = curve_of(test)
        self.losses.setData(found.rates, found.losses)
        self.curve.setData(found.rates, found.smoothed)
        self.range.setVisible(found.shaded is not None)
        self.mark.setVisible(found.marked is not None)
        if found.shaded is not None:
            self.range.setRegion(found.shaded)
        if found.marked is not None:
            self.mark.setValue(found.marked)
        self.plot.setXRange(found.rates[0], found.rates[-1], padding=0.02)
        self.plot.setYRange(*found.shown, padding=0.08)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._restyle()

    def _restyle(self) -> None:
        theme, pixel = theme_of(self), self.devicePixelRatioF()
        restyle(self.plot, theme)
        shade = theme.color("accent")
        shade.setAlphaF(_SHADE)
        self.range.setBrush(shade)
        faint = theme.color("train_curve")
        faint.setAlphaF(_FAINT)
        self.losses.setPen(pg.mkPen(faint, width=pixel))
        self.curve.setPen(pg.mkPen(theme.color("accent"), width=2 * pixel))
        self.mark.setPen(pg.mkPen(theme.color("text"), width=pixel, style=Qt.PenStyle.DashLine))


def _decade_texts(values: Sequence[float], _scale: float, _spacing: float) -> list[str]:
    """The texts of ticks at decimal logarithms."""
    return [setting_text(10.0**value) for value in values]
