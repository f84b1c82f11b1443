"""Parallel coordinates: each trial is a line through one axis for each range and each goal."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QWidget

from playground.engine.search.goals import GOALS
from playground.engine.search.outcome import TrialRow
from playground.engine.search.plan import Plan
from playground.gui.search.axes import Axis, TrialLine, joined_path, nearest, parallel
from playground.gui.search.trial_view import TrialPlot
from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import mixed, theme_of
from playground.gui.style.translation import translated
from playground.spec.messages import message

_COLORS = 8  # of the lines, from the worst trial to the best
_FINE = 200  # lines, up to which they are drawn smoothly
_REACH = 10  # pixels between a click and a line
_MARGIN, _GAP = 0.06, 8  # share of the distance of two axes on the left; pixels between a text and the next axis
_TOP, _HIGH_TOP, _BOTTOM = 1.2, 1.6, -0.08  # ends of the picture, whose axes reach from 0 to 1
_NARROW = 70  # pixels of an axis, below which names are written upwards


class ParallelPlot(TrialPlot):
    """All lines of one colour are one item, so that a thousand trials are drawn as quickly as ten."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(name, parent)
        self.axes: list[Axis] = []
        self.lines: list[TrialLine] = []
        for axis in ("left", "bottom"):
            self.plot.hideAxis(axis)
        self._uprights = self._curve(-1)
        self._groups = [self._curve(place) for place in range(_COLORS + 1)]  # the first one: without a rank
        self._strong = self._curve(_COLORS + 1)
        self._texts: list[tuple[bool, str, pg.TextItem]] = []  # whether it is a name; whole text
        self.plot.scene().sigMouseClicked.connect(self._click)

    def begin(self, plan: Plan) -> None:
        super().begin(plan)
        goal = translated(message(GOALS[plan.goals[0]].label))
        words = message("Stronger colour: better {goal}; faint: not trained to the end", goal=goal)
        self._set_title(translated(words))
        self.show_trials(())

    def show_trials(self, trials: Sequence[TrialRow]) -> None:
        if self._plan is not None:
            self.axes, self.lines = parallel(self._plan, trials)
            self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        super().resizeEvent(event)
        self._fit()

    def _curve(self, height: int) -> pg.PlotCurveItem:
        curve = pg.PlotCurveItem(connect="finite")
        curve.setZValue(height)
        self.plot.addItem(curve)
        return curve

    def _draw(self) -> None:
        super()._draw()
        theme, count = theme_of(self), len(self.axes)
        self._uprights.setData(*joined_path(([n, n], [0.0, 1.0]) for n in range(count)), connect="finite")
        self._uprights.setPen(pg.mkPen(theme.color("faint"), width=1))
        weak, strong = mixed(theme.color("panel"), theme.color("accent"), 0.25), theme.color("accent")
        colors = [theme.color("grid"), *(mixed(weak, strong, (place / (_COLORS - 1)) ** 2) for place in range(_COLORS))]
        groups: list[list[TrialLine]] = [[] for _ in colors]
        for line in self.lines:
            groups[0 if line.rank is None else 1 + round(line.rank * (_COLORS - 1))].append(line)
        for curve, color, lines in zip(self._groups, colors, groups, strict=True):
            self._set(curve, color, lines, 1.2)
        self._draw_texts()
        self._draw_chosen()

    def _draw_chosen(self) -> None:
        found = [line for line in self.lines if line.trial == self.chosen]
        self._set(self._strong, theme_of(self).color("text"), found, 2.4)

    def _set(self, curve: pg.PlotCurveItem, color: QColor, lines: Sequence[TrialLine], width: float) -> None:
        smooth = len(self.lines) <= _FINE
        path = joined_path((range(len(line.heights)), line.heights) for line in lines)
        curve.setData(*path, connect="finite", antialias=smooth or curve is self._strong)
        curve.setPen(pg.mkPen(color, width=width if smooth or curve is self._strong else 1))

    def _draw_texts(self) -> None:
        for _, _, item in self._texts:
            self.plot.removeItem(item)
        self._texts = []
        theme = theme_of(self)
        behind = QColor(theme.color("panel"))
        behind.setAlpha(190)
        for number, axis in enumerate(self.axes):
            for height, text in ((None, axis.name), *axis.texts):
                color = theme.color("text" if height is None else "muted")
                item = pg.TextItem("", color=color, anchor=(0.0, 0.5), fill=None if height is None else behind)
                item.setPos(number, height or 0.0)
                item.setZValue(_COLORS + 2)
                item.setToolTip(plain_tip(text))
                self.plot.addItem(item)
                self._texts.append((height is None, text, item))
        self._fit()

    def _fit(self) -> None:
        """Cut texts that are longer than the way to the next axis; names are written upwards where that is short."""
        width = self.plot.width() / max(1, len(self.axes))
        narrow, metrics = width < _NARROW, self.fontMetrics()
        top = _HIGH_TOP if narrow else _TOP
        left = _GAP / width if narrow else _MARGIN
        self.plot.setRange(xRange=(-left, max(1, len(self.axes)) - left), yRange=(_BOTTOM, top), padding=0.0)
        upwards = self.plot.height() * (top - 1.0) / (top - _BOTTOM) - 3 * _GAP
        for name, text, item in self._texts:
            room = upwards if name and narrow else width - _GAP
            side = (
                Qt.TextElideMode.ElideLeft if name else Qt.TextElideMode.ElideRight
            )  # fields of a layer end differently
            item.setText(metrics.elidedText(text, side, int(room)))
            if name:
                item.setAngle(90 if narrow else 0)
                item.setPos(item.pos().x(), 1.0 + (0.15 if narrow else 0.6) * (top - 1.0))

    def _click(self, event: MouseClickEvent) -> None:
        view = self.plot.getPlotItem().getViewBox()
        place = view.mapSceneToView(event.scenePos())
        reach = _REACH * abs(view.viewPixelSize()[1])
        # What lies on top comes last.
        lines = sorted(self.lines, key=lambda line: -1.0 if line.rank is None else line.rank)
        found = nearest(lines, place.x(), place.y(), reach)
        if found is not None:
            self.clicked.emit(found)
