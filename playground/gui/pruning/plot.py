"""The score of a network over the share that is pruned; a click chooses a share."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, Signal, Slot

from playground.gui.evaluation.plots import EvaluationPlot
from playground.spec.number_text import part_text

_POINT = 6  # pixels
_TICKS = [(n / 5, part_text(n / 5)) for n in range(-5, 6)]


class PruningPlot(QObject):
    """Draws points of the curve as they are found, and a line where the chosen share is."""

    chosen = Signal(float)  # share in [0, 1] that was clicked

    def __init__(self, name: str, parent: QObject) -> None:
        super().__init__(parent)
        self.plot = EvaluationPlot(name, "", "")
        self.points: tuple[tuple[float, float], ...] = ()  # share and score
        self.marked = 0.0
        self._title = ""
        self._mark = pg.InfiniteLine(angle=90)
        self.plot.widget.setMinimumHeight(190)
        for axis in ("left", "bottom"):
            self.plot.widget.getAxis(axis).setTicks([_TICKS])
        self.plot.widget.setCursor(Qt.CursorShape.PointingHandCursor)
        self.plot.widget.scene().sigMouseClicked.connect(self._click)

    def label(self, title: str, x: str) -> None:
        """Say what the axes are; drawn with the next points."""
        self._title = title
        self.plot.label(x, "")

    def show_points(self, points: Sequence[tuple[float, float]], marked: float) -> None:
        """Draw the points that are known, by share, and mark one share."""
        self.points, self.marked = tuple(points), marked
        self.redraw()

    def redraw(self) -> None:
        """Draw it again in the colours of the theme."""
        self.plot.clear(self._title)
        theme, widget = self.plot.theme, self.plot.widget
        known = [point for point in self.points if isfinite(point[1])]
        self._mark.setPen(pg.mkPen(theme.color("muted"), width=1))
        self._mark.setValue(self.marked)
        widget.addItem(self._mark)
        widget.showGrid(y=True, alpha=0.15)
        if known:
            x, y = zip(*known, strict=True)
            color = theme.color("accent")
            self.plot.line(x, y, color)
            widget.plot(x, y, pen=None, symbol="o", symbolSize=_POINT, symbolBrush=color, symbolPen=None)
        widget.setXRange(0.0, 1.0, padding=0.02)
        lowest = min((score for _, score in known), default=0.0)
        widget.setYRange(max(-1.0, min(0.0, lowest)), 1.0, padding=0.03)

    @Slot(object)
    def _click(self, event: object) -> None:
        place = self.plot.widget.getPlotItem().getViewBox().mapSceneToView(event.scenePos())  # type: ignore[attr-defined]
        self.chosen.emit(min(1.0, max(0.0, place.x())))
