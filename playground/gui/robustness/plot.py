"""The plot of the tab Robustness: the score along a corruption, that of the run before, and where the slider is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor

from playground.engine.probes.robustness import RobustnessCurve
from playground.gui.evaluation.plots import EvaluationPlot, plain_label
from playground.gui.style.theme import mixed

_BAND = 2.0  # standard errors to either side
_POINT = 5  # pixels
_VEIL = 190  # of 255, behind the legend


class RobustnessPlot(EvaluationPlot):
    """Draws curves of one corruption; `mark` moves a vertical line."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "", "")  # the title names both: the pane is low
        self._legend = pg.LegendItem(verSpacing=-6, colCount=2)
        self._legend.setParentItem(self.widget.getPlotItem().getViewBox())
        self._legend.anchor((0.5, 1), (0.5, 1), (0, 4))  # where curves that fall to both sides leave room
        self._mark = pg.InfiniteLine(angle=90)
        self.marked: float | None = None

    def mark(self, value: float) -> None:
        """Move the line to where the slider is."""
        self.marked = value
        self._mark.setValue(value)

    def show_curves(
        self,
        title: str,
        curves: Sequence[tuple[str, RobustnessCurve]],
        values: Sequence[float],
    ) -> None:
        """Draw the present curve; with an earlier one, faint, both have names. `values` are all of the x axis."""
        self.clear(title)
        self._legend.clear()
        theme = self.theme
        self._legend.setLabelTextColor(theme.color("text"))
        colors = theme.color("accent"), mixed(theme.color("panel"), theme.color("muted"), 0.6)
        background = theme.color("panel")
        background.setAlpha(_VEIL)
        self._legend.setBrush(background)
        for (_, curve), color in reversed(list(zip(curves, colors, strict=False))):  # the present one on top
            self._draw(curve, color, faint=color is not colors[0])
        for (name, _), color in zip(curves if len(curves) > 1 else (), colors, strict=False):
            self._legend.addItem(pg.PlotDataItem(pen=pg.mkPen(color, width=2)), plain_label(name))
        self._mark.setPen(pg.mkPen(theme.color("text"), width=1))
        self.widget.addItem(self._mark)
        known = [score for _, curve in curves for score in curve.scores.tolist() if np.isfinite(score)]
        self.widget.setXRange(values[0], values[-1], padding=0.02)
        self.widget.setYRange(max(-1.0, min(0.0, *known)) if known else 0.0, 1.0, padding=0.03)

    def _draw(self, curve: RobustnessCurve, color: QColor, *, faint: bool) -> None:
        if not faint and np.isfinite(curve.errors).all():
            edges = [
                pg.PlotDataItem(curve.values, np.clip(curve.scores + side * curve.errors, 0, 1), pen=pg.mkPen(None))
                for side in (-_BAND, _BAND)
            ]
            fill = QColor(color)
            fill.setAlpha(50)
            for edge in edges:
                self.widget.addItem(edge)
            self.widget.addItem(pg.FillBetweenItem(*edges, brush=fill))
        known = np.isfinite(curve.scores)  # of a network that diverged, a score may be undefined
        values, scores = curve.values[known], curve.scores[known]
        self.line(values, scores, color)
        self.widget.plot(values, scores, pen=None, symbol="o", symbolSize=_POINT, symbolBrush=color, symbolPen=None)
