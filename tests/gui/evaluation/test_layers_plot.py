"""The plot of a figure of each layer: its numbers stand whole beside their curves, however wide the plot is."""

from __future__ import annotations

import pyqtgraph as pg
import pytest
from pytestqt.qtbot import QtBot

from playground.gui.evaluation.weight_plots import LayersPlot, Series


@pytest.mark.parametrize("width", [160, 700])
def test_the_numbers_of_the_layers_are_whole(width: int, qtbot: QtBot) -> None:
    plot = LayersPlot("Layers", "", "")
    qtbot.addWidget(plot.widget)
    plot.widget.resize(400, 200)
    with qtbot.waitExposed(plot.widget):
        plot.widget.show()
    series = [
        Series((place,), number, [1, 16], [value] * 2) for place, (number, value) in enumerate(((1, 1), (118, 5)))
    ]
    plot.show("Update / weight per layer", series, None, log=True)
    plot.widget.resize(width, 200)
    box = plot.widget.getViewBox()
    labels = [item for item in plot.widget.items() if isinstance(item, pg.TextItem)]
    qtbot.waitUntil(lambda: box.width() < width)
    plot.widget.grab()  # numbers get their place when they are painted
    right = {label.toPlainText(): label.sceneBoundingRect().right() for label in labels}
    end = box.sceneBoundingRect().right()
    assert right.keys() == {"1", "118"}
    assert end - 20 < right["118"] <= end + 1
    assert right["1"] < right["118"]
