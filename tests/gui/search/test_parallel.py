"""Parallel coordinates: where lines and texts are, and which trial a click means."""

from __future__ import annotations

from math import isnan, log10

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from playground.engine.search.outcome import PRUNED
from playground.engine.search.plan import plan
from playground.engine.search.stored import OpenedSearch
from playground.gui.search.axes import nearest, parallel
from playground.gui.search.plots import log_ticks
from playground.gui.search.window import SearchWindow
from playground.spec.search.ranges import Choices
from playground.spec.search.space import SearchSpace
from tests.gui.search.conftest import BIAS, FEW, RATE, WIDTH, tell, trial


def test_lines_go_through_ranges_and_goals(window: SearchWindow) -> None:
    plan = window.plan
    assert plan is not None
    trials = [trial(0, 0.9, 100), trial(1, 0.8, 10_000), trial(9, 0.85, 1000), trial(3, 0.0, 0, PRUNED)]
    axes, lines = parallel(plan, trials)
    assert [axis.name for axis in axes] == [
        "Linear 1: Units",
        "Learning rate",
        "Linear 2: Bias",
        "Validation score",
        "Parameters",
    ]
    assert axes[1].texts == ((0.0, "0.001"), (1.0, "1"))
    assert axes[2].texts == ((0.0, "yes"), (1.0, "no"))
    assert axes[3].texts == ((0.0, "80.00 %"), (1.0, "90.00 %"))
    third = lines[2]
    # 11 units of 2 … 40; a rate of 0.01 of 0.001 … 1 by its logarithm; no bias; 85 of 80 … 90 %; 1,000 of 100 … 10,000
    assert third.heights == pytest.approx((9 / 38, 1 / 3, 1.0, 0.5, 0.5))
    assert [line.rank for line in lines] == [1.0, 0.0, 0.5, None]
    assert [isnan(height) for height in lines[3].heights] == [False, False, False, True, True]


def test_the_nearest_line_is_found(window: SearchWindow) -> None:
    plan = window.plan
    assert plan is not None
    lines = parallel(plan, [trial(0, 0.9, 100), trial(19, 0.8, 10_000), trial(3, 0.0, 0, PRUNED)])[1]
    assert nearest(lines, 0.0, 0.49, 0.05) == 19
    assert nearest(lines, 0.0, 0.02, 0.05) == 0
    assert nearest(lines, 3.5, 0.5, 0.01) == 19  # both cross there: the last one counts
    assert nearest(lines, 0.0, 0.8, 0.05) is None
    assert nearest(lines, 7.0, 1.0, 0.05) == 19  # beside the last axis
    assert nearest((), 0.0, 0.5, 1.0) is None


def test_a_click_on_a_line_chooses_its_trial(window: SearchWindow) -> None:
    view = window.views.parallel
    window.views.show_view(view)
    tell(window, trial(0, 0.9, 300), trial(12, 0.5, 4000), trial(30, 0.95, 10))
    window.grab()
    scene = view.plot.getPlotItem().getViewBox().mapViewToScene(QPointF(0.0, 12 / 38))
    place = view.plot.mapFromScene(scene)
    QTest.mouseClick(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place.x(), place.y()))
    assert window.chosen is not None
    assert window.chosen.number == 12
    assert view.chosen == 12


def test_a_view_that_is_hidden_is_drawn_when_it_is_shown(window: SearchWindow) -> None:
    tell(window, trial(0, 0.9, 300), trial(1, 0.8, 300))
    assert not window.views.parallel.lines
    window.views.show_view(window.views.parallel)
    assert [line.trial for line in window.views.parallel.lines] == [0, 1]


def test_names_of_axes_that_are_cut_still_differ(window: SearchWindow) -> None:
    view = window.views.parallel
    window.views.show_view(view)
    bias = Choices(path=(0,), field="bias", options=(True, False))
    space = SearchSpace(ranges=(WIDTH, bias, RATE, BIAS))
    window.show_search(OpenedSearch("more", plan(FEW.with_(search=space), ("score",)), (), {}))
    view.resize(400, 300)
    view._fit()
    names = [item.toPlainText() for name, _, item in view._texts if name]
    assert any("…" in name for name in names)
    assert len(set(names)) == 5


@pytest.mark.parametrize(
    ("sizes", "texts"),
    [
        ([800, 1200], ["800", "1,200"]),  # one round number between them would say nothing about distances
        ([2100, 4900], ["2,000", "5,000"]),
        ([90, 1_100], ["100", "200", "500", "1,000"]),
        ([300, 300], ["300"]),
        ([0.01234567, 0.01412345], ["0.0123", "0.0141"]),
        ([], []),
    ],
)
def test_an_axis_of_sizes_has_two_numbers_at_least(sizes: list[float], texts: list[str]) -> None:
    assert [text for _, text in log_ticks([log10(size) for size in sizes])] == texts
