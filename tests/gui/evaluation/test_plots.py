"""Plots of an evaluation in a low pane: nothing is cut off, and nothing lies on anything else."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from playground.gui.evaluation.map_plot import MapPlot
from playground.gui.evaluation.plots import EvaluationPlot
from playground.gui.style.small_plot import roomy

WIDE, LOW, HIGH = 560, 90, 400


def test_axes_are_labelled_where_there_is_room_and_else_in_the_tool_tip(qtbot: QtBot) -> None:
    plot = EvaluationPlot("Reliability", "confidence", "accuracy", unit=True)
    for widget in (plot.widget, plot.title):
        qtbot.addWidget(widget)
    with qtbot.waitExposed(plot.widget):
        plot.widget.show()
    for height, labelled in ((LOW, False), (HIGH, True), (LOW, False)):
        plot.widget.resize(WIDE, height)
        plot.clear("Calibration error 1 %")
        axes = [plot.widget.getAxis(side) for side in ("bottom", "left")]
        assert [axis.label.isVisible() for axis in axes] == [labelled] * 2
        assert ("Across: confidence. Up: accuracy." in plot.title.toolTip()) is not labelled


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (0.78, 1.0), (-6.0, 5.5), (-300.0, 20_000.0)])
@pytest.mark.parametrize("size", [30.0, 55.0, 90.0, 400.0])
def test_numbers_on_the_left_axis_do_not_lie_on_each_other(low: float, high: float, size: float) -> None:
    step = (high - low) / 6
    (wide, _), *_ = roomy(lambda *_: [(step, 0.0), (step / 5, 0.0)])(low, high, size)
    assert (high - low) / wide * 15 <= size or wide >= high - low
    assert wide == step or size < 90


@pytest.mark.parametrize("height", [LOW, HIGH])
@pytest.mark.parametrize("names", ["0123456789", ("a long name of a class", "b")], ids=["digits", "names"])
def test_the_list_of_classes_covers_no_point(qtbot: QtBot, height: int, names: tuple[str, ...]) -> None:
    plot = MapPlot("Map")
    qtbot.addWidget(plot)
    plot.resize(WIDE, height)
    with qtbot.waitExposed(plot):
        plot.show()
    generator = np.random.default_rng(0)
    places, classes = generator.normal(size=(200, 2)), np.arange(200) % len(names)
    plot.mark(np.array([4.0, 0.0]))  # an example that lies apart
    plot.show_places("PCA", ("component 1", "component 2"), places, classes, names)
    plot.widget.grab()
    legend, view = plot._legend, plot.widget.getViewBox()
    left = legend.mapToItem(view, QPointF(0.0, 0.0)).x()
    shown = [view.mapFromView(QPointF(*place)) for place in (*places, (4.0, 0.0))]
    assert max(point.x() for point in shown) < left
    assert min(point.x() for point in shown) > 0
    area = legend.mapRectToItem(view, legend.boundingRect())
    assert area.right() <= view.width()
    for _, label in legend.items:
        assert label.mapRectToItem(view, label.boundingRect()).bottom() <= view.height() + 2
