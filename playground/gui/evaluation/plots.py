"""Plots of an evaluation: pyqtgraph's, with a title and labels, in the colours of the theme."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from playground.gui.style.elided_label import Elided
from playground.gui.style.small_plot import restyle, small_plot
from playground.gui.style.theme import Theme, theme_of
from playground.gui.style.translation import translated
from playground.spec.messages import message

_LINE = 1.5  # pixels
_LOW = 130  # pixels of the plot, below which its axes have no labels: the tool tip of the title has them


class EvaluationPlot:
    """A plot that is drawn again, whole, for each result."""

    def __init__(self, name: str, x: str, y: str, *, unit: bool = False) -> None:
        """`x` and `y` label the axes, unless they are empty; `unit`: both axes reach from 0 to 1."""
        self.widget: pg.PlotWidget = small_plot(name, fixed=False)
        self._x, self._y, self._unit = x, y, unit
        self.widget.setMinimumSize(120, 70)
        for axis in ("left", "bottom"):
            self.widget.getAxis(axis).enableAutoSIPrefix(False)  # the numbers are written out, so no factor applies
        self.title = Elided()
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.widget.sigDeviceRangeChanged.connect(lambda *_: self._label_axes())

    @property
    def theme(self) -> Theme:
        """The theme in which it is shown."""
        return theme_of(self.widget)

    def label(self, x: str, y: str) -> None:
        """Label the axes otherwise when it is drawn again."""
        self._x, self._y = x, y

    def clear(self, title: str) -> None:
        """Remove everything, and show another title."""
        theme = self.theme
        self.widget.clear()
        restyle(self.widget, theme)
        self.title.setText(title)
        self.widget.setAccessibleDescription(title)
        for axis, label in (("bottom", self._x), ("left", self._y)):
            if label:
                self.widget.setLabel(axis, plain_label(label), color=theme.muted)
        self._label_axes()
        if self._unit:
            self.widget.setXRange(0, 1, padding=0.02)
            self.widget.setYRange(0, 1, padding=0.03)

    def _label_axes(self) -> None:
        """Show the labels of the axes where there is height for them."""
        low = self.widget.height() < _LOW
        for side, label in (("bottom", self._x), ("left", self._y)):
            axis = self.widget.getAxis(side)
            if label and axis.label.isVisible() is low:
                axis.showLabel(not low)
        if self._x and self._y:
            words = message("Across: {x}. Up: {y}.", x=self._x, y=self._y)
            self.title.explain(translated(words) if low else "")

    def line(self, x: object, y: object, color: QColor, *, dashed: bool = False) -> None:
        """Draw a line."""
        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        self.widget.plot(x, y, pen=pg.mkPen(color, width=_LINE, style=style))

    def bars(self, left: object, width: object, height: object, color: QColor) -> None:
        """Draw bars that begin at `left`."""
        self.widget.addItem(pg.BarGraphItem(x0=left, width=width, height=height, brush=color, pen=pg.mkPen(None)))

    def points(self, x: object, y: object, color: QColor) -> None:
        """Draw points that show how dense they are."""
        light = QColor(color)
        light.setAlpha(110)
        self.widget.plot(x, y, pen=None, symbol="o", symbolSize=4, symbolBrush=light, symbolPen=None)


def plain_label(text: str) -> str:
    """Text that Qt shows literally, though a label interprets markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;")
