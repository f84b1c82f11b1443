"""Histograms over time as ridges: of weights, and of the gradients and activations of steps that were looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, floor, log10
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg

from playground.engine.probes.layer_weights import BINS, Histogram
from playground.engine.training.snapshots import LayerStatistics, LogHistogram, Probed
from playground.gui.evaluation.plots import EvaluationPlot
from playground.gui.evaluation.weights_watch import HistogramMoment
from playground.gui.style.theme import mixed
from playground.spec.edits import LayerPath

_OVERLAP = 2.5  # rows that the highest ridge reaches over
_RIDGES = 12  # that are drawn
_LABELS = 4  # steps that are written beside them
_POWERS = 2  # that are written below them, on each side of 0 at most
_QUARTER = 0.25  # of a power of ten: half the width of the part around 0, as wide as half of two bins

Floats = npt.NDArray[np.float64]


class Ridge(NamedTuple):
    """The histogram of one step in the coordinates of the plot."""

    step: int
    edges: Floats  # (B + 1,), ascending
    density: Floats  # (B,): share of the numbers, divided by the width of the bin


class Ridges(NamedTuple):
    """Histograms in the order of their steps, and the scale they share."""

    rows: list[Ridge]
    threshold: float | None = None  # |number| below which the symmetric logarithm is linear; None: a linear scale


def coarse(histogram: Histogram) -> Floats:
    """Its density in at most 2 · n^(1/3) bins, at least 10, for n numbers (the rule of Rice University)."""
    most = max(10.0, 2 * float(histogram.counts.sum()) ** (1 / 3))
    bins = next((bins for bins in (BINS, 30, 20, 15, 12) if bins <= most), 10)
    density: Floats = histogram.density.reshape(bins, -1).mean(1)
    return density


def weight_ridges(moments: Sequence[HistogramMoment], name: str) -> Ridges:
    """The histograms of the tensor of that name, on a linear scale."""
    rows = []
    for moment in moments:
        if name in moment.histograms:
            histogram = moment.histograms[name]
            density = coarse(histogram)
            edges = np.linspace(-histogram.reach, histogram.reach, len(density) + 1)
            rows.append(Ridge(moment.step, edges, density))
    return Ridges(rows)


def probe_ridges(
    probes: Sequence[Probed], path: LayerPath, histogram: Callable[[LayerStatistics], LogHistogram | None]
) -> Ridges:
    """The histograms of one layer in the steps that were looked at, on a symmetric logarithm."""
    layers = [(probe.step, layer) for probe in probes for layer in probe.layers if layer.path == path]
    known = [(step, found) for step, layer in layers if (found := histogram(layer)) is not None]
    if not known:
        return Ridges([])
    threshold = min(found.edges[-1] * 10 ** (-(len(found.counts) // 2) * _QUARTER) for _, found in known)
    rows = []
    for step, found in known:
        edges = symmetric_log(np.array(found.edges), threshold)
        rows.append(Ridge(step, edges, np.array(found.counts) / max(1, sum(found.counts)) / np.diff(edges)))
    return Ridges(rows, threshold)


def symmetric_log(values: Floats, threshold: float) -> Floats:
    """The symmetric logarithm to base 10: linear below the threshold, where it reaches a quarter.

    sign(x) · (1/4 + log10(|x| / threshold)), and x / threshold / 4 in between.
    """
    sizes = np.maximum(np.abs(values) / threshold, 1.0)
    inner = np.minimum(np.abs(values) / threshold, 1.0) * _QUARTER
    found: Floats = np.sign(values) * (inner + np.log10(sizes))
    return found


class RidgePlot(EvaluationPlot):
    """Histograms above each other: the latest in front, at the bottom."""

    def show(self, title: str, ridges: Ridges) -> None:
        """Draw the ridges, of many only some."""
        self.clear(title)
        widget, theme, found = self.widget, self.theme, ridges.rows
        if not found:
            for axis in ("left", "bottom"):
                widget.getAxis(axis).setTicks([[]])
            return
        found = [found[place] for place in _spread(len(found), _RIDGES)]
        highest = max(float(item.density.max()) for item in found) or 1.0
        count, reach = len(found), max(float(item.edges[-1]) for item in found)
        for place, item in enumerate(found):
            base, edges = count - 1 - place, item.edges
            middles, heights = (edges[1:] + edges[:-1]) / 2, base + _OVERLAP * item.density / highest
            x = np.concatenate([[-reach, edges[0]], middles, [edges[-1], reach]])
            y = np.concatenate([[base, base], heights, [base, base]])
            age = 1 - place / max(1, count - 1)
            fill = mixed(theme.color("accent"), theme.color("panel"), 0.35 + 0.45 * age)
            pen = pg.mkPen(mixed(theme.color("text"), theme.color("panel"), 0.1 + 0.5 * age), width=1)
            curve = pg.PlotCurveItem(x, y, pen=pen, fillLevel=base, brush=fill)
            curve.setZValue(place)
            widget.addItem(curve)
        widget.getAxis("left").setTicks([[(count - 1 - i, f"{found[i].step:,}") for i in _spread(count, _LABELS)]])
        widget.getAxis("bottom").setTicks(None if ridges.threshold is None else [_powers(ridges.threshold, reach)])
        widget.setXRange(-reach, reach, padding=0.03)
        widget.setYRange(0, count - 1 + _OVERLAP, padding=0.03)


def _powers(threshold: float, reach: float) -> list[tuple[float, str]]:
    """Places and texts of powers of ten on a symmetric logarithm, and of 0."""
    lowest, highest = ceil(log10(threshold)), floor(log10(threshold) + reach - _QUARTER)
    every = max(1, ceil((highest - lowest + 1) / _POWERS))
    powers = range(highest, lowest - 1, -every)
    places = [(float(symmetric_log(np.array(10.0**power), threshold)), power) for power in powers]
    right = [(place, f"1e{power}") for place, power in places]
    return [(0.0, "0"), *right, *((-place, f"−{text}") for place, text in right)]


def _spread(count: int, most: int) -> list[int]:
    """At most so many of the numbers below `count`, evenly spaced, the first and the last among them."""
    return sorted({round(place) for place in np.linspace(0, count - 1, min(count, most)).tolist()})
