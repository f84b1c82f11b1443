"""Learning curves: the first goal on validation data, epoch by epoch, of all trials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtWidgets import QWidget

from playground.engine.search.goals import curve_goal
from playground.engine.search.outcome import RUNNING, TRAINED, TrialRow
from playground.engine.search.plan import Plan
from playground.gui.search.axes import joined_path, shown_value
from playground.gui.search.plots import goal_label
from playground.gui.search.trial_view import TrialPlot
from playground.gui.style.small_plot import count_texts
from playground.gui.style.theme import mixed, theme_of
from playground.gui.style.translation import translated
from playground.spec.messages import message

_REACH = 10.0  # pixels between a click and a curve
_DOT, _RING = 6, 9  # pixels: curves of one epoch, and the end of that of the chosen trial
_FINE = 200  # curves, up to which they are drawn smoothly
_DASH = (4, 3)  # times the width of the line


class LearningCurve(NamedTuple):
    """The curve of one trial."""

    trial: int
    epochs: tuple[float, ...]
    values: tuple[float, ...]  # as plots show them
    whole: bool  # whether the trial was trained to its end
    running: bool = False  # whether it is being trained


class LearningCurves(TrialPlot):
    """Curves of trials that ended early or failed are faint; a click on a curve chooses its trial."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(name, parent)
        self.curves: tuple[LearningCurve, ...] = ()
        self.plot.getAxis("bottom").tickStrings = count_texts
        lines = (self.plot.plot([], [], connect="finite") for _ in range(4))
        self._faint, self._whole, self._running, self._strong = lines
        self._dots = self.plot.plot([], [], pen=None, symbol="o", symbolSize=_DOT, symbolPen=None)
        self._ring = self.plot.plot([], [], pen=None, symbol="o", symbolSize=_RING, symbolPen=None)
        self.plot.scene().sigMouseClicked.connect(self._click)

    def begin(self, plan: Plan) -> None:
        super().begin(plan)
        goal = goal_label(curve_goal(plan.goals))
        words = message("{goal} by epoch; faint: ended early, dashed: running", goal=goal)
        if plan.seeds > 1:
            words = message("{goal} by epoch, first seed; faint: ended early, dashed: running", goal=goal)
        self._set_title(translated(words))
        self.show_trials(())

    def show_trials(self, trials: Sequence[TrialRow]) -> None:
        if self._plan is not None:
            self.curves = learning_curves(curve_goal(self._plan.goals), trials)
            self._draw()

    def _draw(self) -> None:
        super()._draw()
        theme = theme_of(self)
        for axis in ("left", "bottom"):
            self.plot.showAxis(axis, bool(self.curves))
        accent, strong = mixed(theme.color("panel"), theme.color("accent"), 0.55), theme.color("accent")
        ended = [curve for curve in self.curves if not curve.running]
        for item, pen, curves in (
            (self._faint, pg.mkPen(theme.color("border"), width=1), [curve for curve in ended if not curve.whole]),
            (self._whole, pg.mkPen(accent, width=1), [curve for curve in ended if curve.whole]),
            (self._running, pg.mkPen(strong, width=1.6, dash=_DASH), [item for item in self.curves if item.running]),
        ):
            path = joined_path((curve.epochs, curve.values) for curve in curves)
            item.setData(*path, connect="finite", antialias=len(self.curves) <= _FINE)
            item.setPen(pen)
        single = [curve for curve in self.curves if len(curve.epochs) == 1]
        colors = [strong if item.running else accent if item.whole else theme.color("muted") for item in single]
        self._dots.setData(
            [curve.epochs[0] for curve in single],
            [curve.values[0] for curve in single],
            symbolBrush=[pg.mkBrush(color) for color in colors],
        )
        self._draw_chosen()

    def _draw_chosen(self) -> None:
        color = theme_of(self).color("text")
        found = [curve for curve in self.curves if curve.trial == self.chosen]
        epochs, values = joined_path((curve.epochs, curve.values) for curve in found)
        self._strong.setData(epochs, values, connect="finite", antialias=True)
        self._strong.setPen(pg.mkPen(color, width=2.2))
        self._ring.setData([curve.epochs[-1] for curve in found], [curve.values[-1] for curve in found])
        self._ring.setSymbolBrush(pg.mkBrush(color))

    def _click(self, event: MouseClickEvent) -> None:
        view = self.plot.getPlotItem().getViewBox()
        place, pixel = view.mapSceneToView(event.scenePos()), view.viewPixelSize()
        found = nearest_curve(self.curves, (place.x(), place.y()), (abs(pixel[0]), abs(pixel[1])), _REACH)
        if found is not None:
            self.clicked.emit(found)


def learning_curves(goal: str, trials: Sequence[TrialRow]) -> tuple[LearningCurve, ...]:
    """The curves of all trials that have one, as values of this goal; the faint ones come first."""
    found = [
        LearningCurve(
            row.number,
            tuple(float(epoch) for epoch, _ in row.curve),
            tuple(shown_value(goal, value) for _, value in row.curve),
            row.state == TRAINED,
            row.state == RUNNING,
        )
        for row in trials
        if row.curve
    ]
    return tuple(sorted(found, key=lambda curve: curve.whole or curve.running))


def nearest_curve(
    curves: Sequence[LearningCurve], place: tuple[float, float], pixel: tuple[float, float], reach: float
) -> int | None:
    """The trial whose curve passes a place most closely, at most `reach` pixels above, below or beside it.

    `pixel`: width and height of a pixel on the axes. Of curves that are equally near the last one counts.
    """
    found, least = None, reach
    for curve in curves:
        distance = _distance(curve, place, pixel)
        if distance <= least:
            found, least = curve.trial, distance
    return found


def _distance(curve: LearningCurve, place: tuple[float, float], pixel: tuple[float, float]) -> float:
    """Pixels between a place and a curve at the same epoch, or the nearer end of the curve."""
    x = min(max(place[0], curve.epochs[0]), curve.epochs[-1])
    after = next(number for number, epoch in enumerate(curve.epochs) if epoch >= x)
    before = max(after - 1, 0)
    span = curve.epochs[after] - curve.epochs[before]
    share = (x - curve.epochs[before]) / span if span else 0.0
    value = curve.values[before] * (1.0 - share) + curve.values[after] * share
    return max(abs(value - place[1]) / pixel[1], abs(x - place[0]) / pixel[0])
