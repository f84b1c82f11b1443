"""What is painted beside a point stays on the plot."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication

from playground.gui.curves.figure import View
from playground.gui.curves.painter import FigurePainter
from playground.gui.curves.plot_frame import PlotFrame
from playground.gui.curves.ranges import Range
from playground.gui.curves.style import PlotStyle
from playground.gui.style.theme import LIGHT

FRAME = PlotFrame(50, 10, 300, 100, Range(0.0, 6.0), Range(0.0, 1.0))


class Watching(FigurePainter):
    """Takes note of where words are written."""

    spots: list[QPointF]

    def _words(self, words: str, top_left: QPointF, color: str) -> None:
        self.spots = [top_left]
        super()._words(words, top_left, color)


@pytest.mark.parametrize("above", [False, True])
@pytest.mark.parametrize(("x", "y"), [(0.1, 0.0), (0.1, 0.5), (5.9, 0.0), (5.9, 0.5)])
def test_the_words_of_a_test_result_lie_on_the_plot(qapp: QApplication, x: float, y: float, above: bool) -> None:
    image = QImage(400, 140, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    look = PlotStyle(LIGHT, QFont(), 1.0)
    watching = Watching(painter, FRAME, View(FRAME.x, FRAME.y, 300), look)
    watching.test((x, y), "test 0.6024", above)
    painter.end()
    (spot,) = watching.spots
    assert spot.x() >= FRAME.left
    assert spot.y() + look.metrics.height() <= FRAME.top + FRAME.height
