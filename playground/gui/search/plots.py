"""Plots of a search: trials as points that can be clicked, with a line through the best ones."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10
from typing import NamedTuple

import pyqtgraph as pg
from PySide6.QtWidgets import QWidget

from playground.engine.search.goals import GOALS
from playground.engine.search.outcome import TrialRow, front
from playground.engine.search.plan import Plan
from playground.engine.search.report import figures_text
from playground.gui.search.axes import LOGARITHMIC, scaled, shown_value
from playground.gui.search.network_picture import picture_html, trial_bars
from playground.gui.search.trial_view import TrialPlot
from playground.gui.style.small_plot import count_texts, tick_texts
from playground.gui.style.theme import theme_of
from playground.gui.style.translation import translated
from playground.spec.messages import message
from playground.spec.number_text import setting_text

_POINT, _BEST, _CHOSEN = 6, 8, 13  # pixels
_DIGITS = 3  # of a number below 1 beside an axis
_MOST_TICKS = 6  # of a logarithmic axis
_STEPS = ((1,), (1, 3), (1, 2, 5))  # of a decade, from few ticks to many


class Point(NamedTuple):
    """A trial in a plot."""

    x: float
    y: float
    trial: int
    best: bool = False  # on the line
    first: bool = False  # the starting point


class PointPlot(TrialPlot):
    """A title, and points; those on the line are larger."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(name, parent)
        self.points: tuple[Point, ...] = ()
        self._line: tuple[tuple[float, float], ...] = ()
        self._curve = self.plot.plot([], [], antialias=True)
        self._dots = self.plot.plot([], [], pen=None, symbol="o")
        self._ring = self.plot.plot([], [], pen=None, symbol="o", symbolSize=_CHOSEN)
        self._dots.sigPointsClicked.connect(self._click)
        self._draw()

    def show_points(self, title: str, points: Sequence[Point], line: Sequence[tuple[float, float]]) -> None:
        """Show these points, and a line."""
        self.points, self._line = tuple(points), tuple(line)
        self._set_title(title)
        self._draw()

    def set_x_ticks(self, ticks: Sequence[tuple[float, str]] | None) -> None:
        """Write these texts below the axis; None: its numbers."""
        axis = self.plot.getAxis("bottom")
        axis.setTicks(None if ticks is None else [list(ticks)])
        axis.tickStrings = tick_texts

    def _draw(self) -> None:
        super()._draw()
        theme = theme_of(self)
        for axis in ("left", "bottom"):
            self.plot.showAxis(axis, bool(self.points))  # without points its numbers would mean nothing
        faint, accent, start = (pg.mkBrush(theme.color(name)) for name in ("train_curve", "accent", "warn"))
        points = sorted(self.points, key=lambda point: (point.first, point.best))  # the last ones lie on top
        self._dots.setData(
            [point.x for point in points],
            [point.y for point in points],
            data=[point.trial for point in points],
            symbol=["s" if point.first else "o" for point in points],
            symbolSize=[_BEST if point.best or point.first else _POINT for point in points],
            symbolBrush=[start if point.first else accent if point.best else faint for point in points],
            symbolPen=None,
        )
        self._curve.setData([x for x, _ in self._line], [y for _, y in self._line])
        self._curve.setPen(pg.mkPen(theme.color("accent"), width=1.6 * self.devicePixelRatioF()))
        self._draw_chosen()

    def _draw_chosen(self) -> None:
        found = [point for point in self.points if point.trial == self.chosen]
        self._ring.setData([point.x for point in found], [point.y for point in found])
        self._ring.setSymbolBrush(None)
        self._ring.setSymbolPen(pg.mkPen(theme_of(self).color("text"), width=1.5))

    def _click(self, _item: object, points: Sequence[pg.SpotItem]) -> None:
        if len(points):
            self.clicked.emit(int(points[-1].data()))


class BestPlot(PointPlot):
    """The first goal by trial, with the best value so far as a line."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(name, parent)
        self.plot.getAxis("bottom").tickStrings = count_texts

    def show_trials(self, trials: Sequence[TrialRow]) -> None:
        if self._plan is not None:
            goal = self._plan.goals[0]
            words = message("{goal}, best so far, by trial (square: the starting point)", goal=goal_label(goal))
            self.show_points(translated(words), *best_so_far(trials, goal))


class FrontPlot(PointPlot):
    """The first goal over the second one, with a line through the front; nothing where there is one goal."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(name, parent)
        self._rows: dict[int, TrialRow] = {}
        self._dots.scatter.opts.update(hoverable=True, tip=self._tip)

    def begin(self, plan: Plan) -> None:
        super().begin(plan)
        self.setVisible(len(plan.goals) > 1)

    def show_trials(self, trials: Sequence[TrialRow]) -> None:
        if self._plan is None or len(self._plan.goals) < 2:
            return
        goals, self._rows = self._plan.goals, {row.number: row for row in trials}
        points, line = pareto(trials, goals)
        words = message("{goal} over {other}", goal=goal_label(goals[0]), other=goal_label(goals[1]))
        self.set_x_ticks(goal_ticks(goals[1], points))
        self.show_points(translated(words), points, line)

    def _tip(self, data: int, **_place: float) -> str:
        """The figures of a trial under the mouse, and its network."""
        row = self._rows.get(int(data))
        if self._plan is None or row is None:
            return ""
        words = message("Trial {number}: {about}", number=row.number, about=figures_text(self._plan, row))
        return picture_html(trial_bars(self._plan, row), translated(words), theme_of(self))


def goal_label(goal: str) -> str:
    """The name of a goal, with the unit of the plots."""
    label = translated(message(GOALS[goal].label))
    return translated(message("{goal} in %", goal=label)) if GOALS[goal].share else label


def best_so_far(trials: Sequence[TrialRow], goal: str) -> tuple[list[Point], list[tuple[float, float]]]:
    """The trials by number with their values of the first goal, and the steps of the best value until then."""
    better = max if GOALS[goal].greater_is_better else min
    points: list[Point] = []
    line: list[tuple[float, float]] = []
    best: float | None = None
    trained = sorted((row for row in trials if row.values), key=lambda row: row.number)
    for row in trained:
        value = shown_value(goal, row.values[0])
        improved = best is None or (value != best and better(value, best) == value)
        points.append(Point(row.number, value, row.number, improved, row.first))
        if improved:
            line += [(row.number, value)] if best is None else [(row.number, best), (row.number, value)]
            best = value
    if trained and best is not None:
        line.append((trained[-1].number, best))
    return points, line


def pareto(trials: Sequence[TrialRow], goals: tuple[str, ...]) -> tuple[list[Point], list[tuple[float, float]]]:
    """The first goal over the second one, whose logarithm is taken for sizes; the line goes through the front."""
    on_front = {row.number for row in front(trials, goals)}
    points = [
        Point(
            scaled(goals[1], row.values[1]),
            shown_value(goals[0], row.values[0]),
            row.number,
            row.number in on_front,
            row.first,
        )
        for row in trials
        if row.values
    ]
    return points, sorted((point.x, point.y) for point in points if point.best)


def goal_ticks(goal: str, points: Sequence[Point]) -> list[tuple[float, str]] | None:
    """The ticks of the axis of a goal; None where it is linear."""
    return log_ticks([point.x for point in points]) if goal in LOGARITHMIC else None


def log_ticks(exponents: Sequence[float]) -> list[tuple[float, str]]:
    """Ticks at round numbers, at most six or one for each decade, between the powers of ten that are given.

    Where there are fewer than two, the ends are marked: one number alone does not say what a distance means.
    """
    if not exponents:
        return []
    low, high = min(exponents), max(exponents)
    found: list[float] = []
    for steps in _STEPS:
        decades = range(floor(low), floor(high) + 1)
        more = [step * 10.0**decade for decade in decades for step in steps]
        more = [value for value in more if low - 0.1 <= log10(value) <= high + 0.1]
        if len(more) > _MOST_TICKS and found:
            break
        found = more
    if len(found) < 2:
        found = sorted({10.0**low, 10.0**high})
    return [(log10(value), f"{round(value):,}" if value >= 1 else setting_text(value, _DIGITS)) for value in found]
