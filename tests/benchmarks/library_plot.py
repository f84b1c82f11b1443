"""The plot of the curves as pyqtgraph draws it, to be measured beside our own painter.

It takes the place of a `Plot`: the panel hands it the same figures, thinned to pixels, and mouse and keys still reach
the `Plot` below it. Ranges are fixed and ticks are given; pyqtgraph's view keeps its background as pixels.
"""

from __future__ import annotations

from enum import Enum

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from playground.gui.curves.figure import EMPTY, Batches, Figure, Growth, PlotLine, Quantity, dotted
from playground.gui.curves.painter import axis_ticks, mark_text
from playground.gui.curves.panel import CurvesPanel
from playground.gui.curves.plot import Plot
from playground.gui.curves.ranges import Range, Tick
from playground.gui.curves.style import (
    CHANGE,
    DEPLOY,
    DIVERGED,
    GRID,
    HAIR,
    PREVIOUS,
    TERMS,
    TRAIN,
    VALIDATION,
    PlotStyle,
)
from playground.gui.style.theme import Theme, theme_of

_PIECE = 64  # points after which a line in pieces goes on in another item


class Painting(Enum):
    """Who draws the plots."""

    OURS = "our painter"
    LIBRARY = "pyqtgraph"  # one item a line
    PIECES = "pyqtgraph, lines in pieces"  # what is settled keeps its pixels, but for the last piece


def mounted(panel: CurvesPanel, painting: Painting) -> tuple[Plot, Plot]:
    """New plots of that kind, which draw nothing before `show_plots`."""
    found: list[Plot] = []
    for old, quantity in ((panel.plots.loss_plot, Quantity.LOSS), (panel.plots.score_plot, Quantity.SCORE)):
        name = old.accessibleName()
        ours = painting is Painting.OURS
        plot = (
            Plot(quantity, name, panel.plots)
            if ours
            else LibraryPlot(quantity, name, painting is Painting.PIECES, panel.plots)
        )
        plot.hide()
        plot.set_goal(old._goal)
        plot.moved.connect(panel.plots._moved)
        plot.hovered.connect(panel.plots.show_hair)
        plot.resized.connect(panel._draw)
        found.append(plot)
    return found[0], found[1]


def show_plots(panel: CurvesPanel, plots: tuple[Plot, Plot]) -> None:
    """Put these plots in the place of those that the panel has, and draw."""
    for number, (old, plot) in enumerate(zip((panel.plots.loss_plot, panel.plots.score_plot), plots, strict=True)):
        if old is not plot:
            panel.plots._row.itemAt(number).layout().replaceWidget(old, plot)
            old.hide()
        plot.show()
    panel.plots.loss_plot, panel.plots.score_plot = plots
    for plot in plots:
        plot.restyle(theme_of(panel))
    panel._draw_all()


class LibraryPlot(Plot):
    """A plot whose axes, grid, lines and marks are items in a scene of pyqtgraph."""

    def __init__(self, quantity: Quantity, name: str, pieces: bool, parent: QWidget | None = None) -> None:
        super().__init__(quantity, name, parent)
        self._fresh = False  # whether the items show `_growth`
        self.canvas = pg.PlotWidget(self)
        self.canvas.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._item = item = self.canvas.getPlotItem()
        item.setMenuEnabled(False)
        item.setMouseEnabled(False, False)
        item.hideButtons()
        item.disableAutoRange()
        item.layout.setContentsMargins(0, 4, 12, 0)
        self._grid, self._ends = self._line(-3), self._line(-2)
        for lines in (self._grid, self._ends):
            lines.opts["connect"] = "pairs"
        piece = _PIECE if pieces else None
        self._raw, self._train = Growing(self, piece, 0, smooth=False), Growing(self, piece, 2, smooth=True)
        self._terms = [Growing(self, piece, 1, smooth=False) for _ in TERMS]
        self._previous, self._validation = self._line(3, smooth=True), self._line(4, smooth=True)
        self._dots = pg.ScatterPlotItem(antialias=True, size=6)
        self._head = pg.ScatterPlotItem(antialias=True, size=5)
        self._test = pg.ScatterPlotItem(antialias=True, size=9)
        for number, points in enumerate((self._dots, self._head, self._test), 7):
            points.setZValue(number)
            item.addItem(points, ignoreBounds=True)
        self._hair_line = pg.InfiniteLine(angle=90)
        self._hair_line.setZValue(9)
        self._hair_line.hide()
        item.addItem(self._hair_line, ignoreBounds=True)
        self._uprights: list[pg.InfiniteLine] = []
        self.restyle(theme_of(self))

    # in place of what a plot of ours does

    @property
    def until(self) -> int | None:
        """The steps that the items show."""
        return self._growth.until if self._fresh else None

    def show_figure(self, figure: Figure, diverged_words: str) -> None:
        """Draw this."""
        self._figure, self._growth, self._diverged_words = figure, figure.batches, diverged_words
        for growing, settled, loose in self._growing(figure.batches.settled, figure.batches.loose):
            growing.show(settled, loose)
        _set(self._validation, figure.validation)
        _set(self._previous, figure.previous)
        ends = np.repeat(np.array(figure.epochs), 2)
        _set(self._ends, PlotLine(ends, np.tile((self._y.low, self._y.high), len(figure.epochs))))
        for points, line in ((self._dots, dotted(figure.validation, self.view)), (self._test, _point(figure.test))):
            points.setData(line.x, line.y)
        self._show_head(figure.batches)
        self._show_uprights(figure)
        self._fresh = True

    def grow(self, growth: Growth) -> None:
        """Draw what the run has become longer by."""
        for growing, settled, loose in self._growing(growth.settled, growth.loose):
            growing.grow(settled, loose)
        self._growth = growth
        self._show_head(growth)

    def show_crosshair(self, x: float | None) -> None:
        """Put the crosshair there, or take it away."""
        self._hair = x
        self._hair_line.setVisible(x is not None)
        if x is not None:
            self._hair_line.setValue(x)

    def restyle(self, theme: Theme) -> None:
        """Take on the colours of a theme, and lines as the screen needs them."""
        self._posed = False
        self._look = look = PlotStyle(theme, self._font, self.devicePixelRatioF())
        self.canvas.setBackground(look.ground)
        for name in ("left", "bottom"):
            axis = self._item.getAxis(name)
            axis.setStyle(tickFont=look.font, tickLength=0)
            axis.setPen(QPen(Qt.PenStyle.NoPen))
            axis.setTextPen(look.color("muted"))
        for line, stroke in ((self._grid, GRID), (self._ends, GRID), (self._previous, PREVIOUS)):
            line.setPen(look.pen(stroke))
        _ink(self._validation, look.pen(VALIDATION))
        self._raw.set_pen(look.raw)
        self._train.set_pen(look.pen(TRAIN))
        for growing, stroke in zip(self._terms, TERMS.values(), strict=True):
            growing.set_pen(look.pen(stroke))
        for points, name in ((self._dots, VALIDATION.color), (self._head, TRAIN.color), (self._test, "text")):
            points.setPen(look.rim)
            points.setBrush(QBrush(look.color(name)))
        self._hair_line.setPen(look.pen(HAIR))
        self._paint_anew()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Nothing: the canvas covers it all."""

    def _paint_anew(self) -> None:
        """Show the ranges; a figure for them comes next."""
        self._fresh = False
        frame = self.frame
        self.canvas.resize(self.size())
        left, bottom = self._item.getAxis("left"), self._item.getAxis("bottom")
        left.setWidth(frame.left)
        bottom.setHeight(self.height() - frame.top - frame.height)
        self._item.setRange(xRange=self._x, yRange=self._y, padding=0)
        self._item.getViewBox().updateMatrix()  # done when it is painted, it asks for another painting
        up, across = axis_ticks(frame, self._log)
        unit = " %" if self._quantity is Quantity.SCORE else ""
        left.setTicks([[(tick.at, tick.text + (unit if tick is up[-1] else "")) for tick in up]])
        bottom.setTicks([[(tick.at, tick.text) for tick in across]])
        _set(self._grid, _level(up, self._x))

    # how it is drawn

    def _line(self, z: float, *, smooth: bool = False) -> pg.PlotCurveItem:
        line = pg.PlotCurveItem(antialias=smooth, skipFiniteCheck=True)
        line.setZValue(z)
        self._item.addItem(line, ignoreBounds=True)
        return line

    def _growing(self, settled: Batches, loose: Batches) -> list[tuple[Growing, PlotLine, PlotLine]]:
        items = (self._train, self._raw, *self._terms)
        return list(zip(items, settled.lines, loose.lines, strict=True))

    def _show_head(self, growth: Growth) -> None:
        head = _point(growth.head)
        self._head.setData(head.x, head.y)

    def _show_uprights(self, figure: Figure) -> None:
        """The marks of changes, the goal, and where the run diverged."""
        for line in self._uprights:
            self._item.removeItem(line)
        words = self._quantity is Quantity.LOSS
        marks = [(90, mark.x, CHANGE, mark_text(mark) if words else "") for mark in figure.marks]
        goal = [] if self._goal is None else [(0, 100.0 * self._goal, DEPLOY, self.tr("fit to deploy"))]
        end = [] if figure.diverged is None else [(90, figure.diverged, DIVERGED, self._diverged_words)]
        self._uprights = []
        for angle, at, stroke, text in (*marks, *goal, *end):
            color = self._look.color(stroke.color)
            options = {"color": color, "position": 0.9 if angle else 0.05}
            line = pg.InfiniteLine(at, angle, self._look.pen(stroke), label=text or None, labelOpts=options)
            line.setZValue(5)
            self._item.addItem(line, ignoreBounds=True)
            self._uprights.append(line)


class Growing:
    """A line that grows: one item for all of it, or an item for every so many points."""

    def __init__(self, plot: LibraryPlot, piece: int | None, z: float, *, smooth: bool) -> None:
        self._plot, self._piece, self._z, self._smooth = plot, piece, z, smooth
        self._pen = QPen()
        self._items: list[pg.PlotCurveItem] = []
        self._used = 0  # items that show something
        self._last = EMPTY  # what is settled of the last item

    def set_pen(self, pen: QPen) -> None:
        """Draw with this pen."""
        self._pen = pen
        for item in self._items:
            _ink(item, pen)

    def show(self, settled: PlotLine, loose: PlotLine) -> None:
        """Show this alone."""
        for item in self._items[: self._used]:
            _set(item, EMPTY)
        self._used, self._last = 0, EMPTY
        piece = self._piece or max(len(settled.x), 1)
        for first in range(0, len(settled.x), piece):
            part = slice(max(first - 1, 0), first + piece)
            self._next()
            self._last = PlotLine(settled.x[part], settled.y[part])
            _set(self._items[self._used - 1], self._last)
        self.grow(EMPTY, loose)

    def grow(self, settled: PlotLine, loose: PlotLine) -> None:
        """Let it go on; both begin where what is settled ends."""
        if not self._used:
            if not len(settled.x) and not len(loose.x):
                return
            self._next()
        self._last = _joined(self._last, settled)
        if self._piece is not None and len(self._last.x) > self._piece:
            _set(self._items[self._used - 1], self._last)
            self._last = PlotLine(self._last.x[-1:], self._last.y[-1:])
            self._next()
        _set(self._items[self._used - 1], _joined(self._last, loose))

    def _next(self) -> None:
        if self._used == len(self._items):
            self._items.append(self._plot._line(self._z, smooth=self._smooth))
            _ink(self._items[-1], self._pen)
        self._used += 1


def _ink(item: pg.PlotCurveItem, pen: QPen) -> None:
    """Set a pen; a wide line is drawn piece by piece, for which Qt takes much less time."""
    by_piece = pen.widthF() > 1.0 and pen.style() is Qt.PenStyle.SolidLine
    item.opts["segmentedLineMode"] = "on" if by_piece else "off"
    item.setPen(pen)


def _set(item: pg.PlotCurveItem, line: PlotLine) -> None:
    """Set data unless there were and are none."""
    if len(line.x) or (item.xData is not None and len(item.xData)):
        item.setData(line.x, line.y)


def _joined(line: PlotLine, more: PlotLine) -> PlotLine:
    if not len(more.x):
        return line
    return PlotLine(np.concatenate((line.x, more.x)), np.concatenate((line.y, more.y))) if len(line.x) else more


def _point(at: tuple[float, float] | None) -> PlotLine:
    return EMPTY if at is None else PlotLine(np.array(at[:1]), np.array(at[1:]))


def _level(up: tuple[Tick, ...], x: Range) -> PlotLine:
    """The lines of the grid, a pair of points each."""
    places: NDArray[np.float64] = np.repeat(np.array([tick.at for tick in up]), 2)
    return PlotLine(np.tile(x, len(up)).astype(np.float64), places)
