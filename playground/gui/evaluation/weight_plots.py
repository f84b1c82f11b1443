"""Plots of figures of each layer's steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor

from playground.engine.training.snapshots import LayerStatistics, Probed
from playground.gui.evaluation.plots import EvaluationPlot
from playground.gui.style.small_plot import tick_texts
from playground.gui.style.theme import mixed
from playground.spec.edits import LayerPath

# "A rough heuristic is that this ratio should be somewhere around 1e-3" (Stanford CS231n, course notes, Neural
# Networks Part 3, Ratio of weights:updates); the band is a factor of ten on either side.
HEALTHY = (1e-4, 1e-2)


_LINE, _BELOW = 13, 30  # pixels of a layer's number, and of the axis below the plot
_BESIDE = 0.2  # widths of a number between a curve's end and its number


class Series(NamedTuple):
    """A figure of one layer over steps; `spread` is a standard deviation around it."""

    path: LayerPath
    number: int  # of the layer
    steps: list[int]
    values: list[float]
    spread: list[float] | None = None


def update_ratios(probes: Sequence[Probed]) -> list[Series]:
    """The update-to-weight ratio of each layer that has weights; what is 0 or not finite has no place in the plot."""
    return _series(probes, lambda layer: layer.update_ratio)


def gradients(probes: Sequence[Probed]) -> list[Series]:
    """The RMS of the gradient of each layer that has weights."""
    return _series(probes, lambda layer: layer.gradient)


def activations(probes: Sequence[Probed]) -> list[Series]:
    """Mean and standard deviation of each layer's outputs."""
    found = []
    for number, layer in enumerate(probes[0].layers if probes else ()):
        seen = [(probe.step, probe.layers[number]) for probe in probes if isfinite(probe.layers[number].mean)]
        steps, kept = [step for step, _ in seen], [item for _, item in seen]
        found.append(Series(layer.path, number + 1, steps, [item.mean for item in kept], [item.std for item in kept]))
    return found


def _series(probes: Sequence[Probed], figure: Callable[[LayerStatistics], float | None]) -> list[Series]:
    found = []
    for number, layer in enumerate(probes[0].layers if probes else ()):
        if layer.weight is None:
            continue
        pairs = [(probe.step, figure(probe.layers[number])) for probe in probes]
        kept = [(step, value) for step, value in pairs if value is not None and isfinite(value) and value > 0]
        found.append(Series(layer.path, number + 1, [s for s, _ in kept], [v for _, v in kept]))
    return found


def apart(series: Sequence[Series], chosen: LayerPath | None, height: int, *, log: bool) -> set[int]:
    """The numbers of the layers that can be written beside their last values without covering each other.

    The chosen layer comes first; `height` is that of the plot in pixels.
    """
    known = [item for item in series if item.values]
    shown = [np.log10(item.values) if log else np.asarray(item.values) for item in known]
    if not shown:
        return set()
    whole = np.concatenate(shown)
    least = float(whole.max() - whole.min()) * _LINE / max(height, _LINE)
    found: dict[int, float] = {}
    for item, values in sorted(zip(known, shown, strict=True), key=lambda pair: pair[0].path != chosen):
        end = float(values[-1])
        if all(abs(end - other) >= least for other in found.values()):
            found[item.number] = end
    return set(found)


def _powers(values: Sequence[float], _scale: float, _spacing: float) -> list[str]:
    """The texts of ticks at logarithms to base 10."""
    return [f"1e{round(value)}" if abs(value - round(value)) < 1e-6 else "" for value in values]


class LayersPlot(EvaluationPlot):
    """A figure of every layer over the steps: the chosen layer in colour, the others behind it."""

    def __init__(self, name: str, x: str, y: str) -> None:
        super().__init__(name, x, y)
        self._ends: tuple[int, int] | None = None  # first and last step
        self._numbers: list[pg.TextItem] = []  # of the layers, at the right of their curves
        self.widget.sigDeviceRangeChanged.connect(lambda *_: self._leave_room())

    def show(self, title: str, series: Sequence[Series], chosen: LayerPath | None, *, log: bool) -> None:
        """Draw a figure; `log`: on a logarithmic scale, where all are above 0."""
        self.clear(title)
        self._numbers.clear()
        self.widget.setLogMode(x=False, y=log)
        self.widget.getAxis("left").tickStrings = _powers if log else tick_texts
        theme = self.theme
        behind = mixed(theme.color("muted"), theme.color("panel"), 0.35)
        named = apart(series, chosen, self.widget.height() - _BELOW, log=log)
        for item in sorted(series, key=lambda item: item.path == chosen):
            own = item.path == chosen
            color = theme.color("accent") if own else behind
            if own and item.spread is not None:
                self._shade(item, color)
            self.widget.plot(
                item.steps, item.values, pen=pg.mkPen(color, width=2 if own else 1), symbol="o" if own else None,
                symbolSize=4, symbolBrush=color, symbolPen=None,
            )  # fmt: skip
            if item.number in named:
                self._write(f"{item.number}", item.steps[-1], item.values[-1], color, log=log)
        self.widget.enableAutoRange()
        steps = [step for item in series for step in (item.steps[:1] + item.steps[-1:])]
        self._ends = (min(steps), max(steps)) if steps else None
        self._leave_room()

    def _leave_room(self) -> None:
        """Let the steps end where the widest number begins that stands at the right of a curve."""
        if self._ends is None:
            return
        first, last = self._ends
        wide = (1 + _BESIDE) * max((label.boundingRect().width() for label in self._numbers), default=0.0)
        share = min(0.5, wide / max(1.0, self.widget.getViewBox().width()))
        self.widget.setXRange(first, first + max(1.0, last - first) / (1 - share), padding=0.02)

    def band(self, low: float, high: float) -> None:
        """Shade a range of the vertical axis, which is logarithmic."""
        fill = QColor(self.theme.color("go"))
        fill.setAlpha(45)
        region = pg.LinearRegionItem(
            (np.log10(low), np.log10(high)), orientation="horizontal", brush=fill, pen=pg.mkPen(None), movable=False
        )
        region.setZValue(-10)
        self.widget.addItem(region)

    def _shade(self, item: Series, color: QColor) -> None:
        low = np.subtract(item.values, item.spread or [0.0])
        high = np.add(item.values, item.spread or [0.0])
        fill = QColor(color)
        fill.setAlpha(50)
        edges = [pg.PlotCurveItem(item.steps, y, pen=pg.mkPen(None)) for y in (low, high)]
        for edge in edges:
            self.widget.addItem(edge)
        self.widget.addItem(pg.FillBetweenItem(*edges, brush=fill))

    def _write(self, text: str, x: float, y: float, color: QColor, *, log: bool) -> None:
        label = pg.TextItem(text, color=color, anchor=(-_BESIDE, 0.5))
        label.setPos(x, float(np.log10(y)) if log else y)
        self.widget.addItem(label, ignoreBounds=True)
        self._numbers.append(label)
