"""pyqtgraph's plot shows the same points as ours, however a run grows, or its cost could not be compared."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from playground.gui.curves.figure import PlotLine, Quantity, figure
from playground.gui.curves.panel import CurvesPanel
from playground.spec.experiment import Experiment
from playground.spec.recipe.recipe import Recipe
from tests.benchmarks.curves import snapshots, step
from tests.benchmarks.library_plot import Growing, LibraryPlot, Painting, mounted, show_plots

STEPS, PER_EPOCH = 4_000, 100


@pytest.mark.parametrize("painting", [Painting.LIBRARY, Painting.PIECES])
def test_a_run_that_grew_is_shown_like_one_drawn_at_once(qtbot: QtBot, painting: Painting) -> None:
    panel = CurvesPanel()
    qtbot.addWidget(panel)
    panel.resize(926, 214)
    show_plots(panel, mounted(panel, painting))
    panel.show()
    panel.begin(Experiment(recipe=Recipe(epochs=2 * STEPS // PER_EPOCH)), PER_EPOCH)
    panel.add(snapshots(STEPS, PER_EPOCH))
    panel._draw_all()
    plot = panel.plots.loss_plot
    assert isinstance(plot, LibraryPlot)
    first = plot.until
    for number in range(STEPS + 1, STEPS + PER_EPOCH):
        panel.add([step(number, PER_EPOCH, 0.1 + number % 7, 0.9)])
        panel._draw()
    assert first is not None
    assert plot.until is not None
    assert plot.until > first  # it grew, and was not drawn anew
    wanted = figure(Quantity.LOSS, panel.present, None, plot.view).batches
    for growing, settled, loose in plot._growing(wanted.settled, wanted.loose):
        whole = PlotLine(np.concatenate((settled.x, loose.x)), np.concatenate((settled.y, loose.y)))
        assert _corners(_shown(growing)) == _corners(whole)
    assert len(wanted.settled.train.x)


def _shown(growing: Growing) -> PlotLine:
    parts = [item.getData() for item in growing._items[: growing._used]]
    if not parts:
        return PlotLine(np.empty(0), np.empty(0))
    return PlotLine(*(np.concatenate([part[axis] for part in parts]) for axis in (0, 1)))


def _corners(line: PlotLine) -> list[tuple[float, float]]:
    """The points; where two parts meet, the same one once."""
    points = list(zip(line.x.tolist(), line.y.tolist(), strict=True))
    return [point for i, point in enumerate(points) if not i or point != points[i - 1]]
