"""Curves in a terminal: what is kept of them, and which dots are set."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.cli.braille import POINTS, Point, Thinned, plot, resampled

points = st.lists(st.tuples(st.floats(0, 10), st.floats(-1e6, 1e6)), max_size=50)


def test_thinned_curve_keeps_its_mean_and_its_bound() -> None:
    curve = Thinned()
    for i in range(8 * POINTS):
        curve.add((float(i), float(i % 2)))
    kept = curve.points()
    assert len(kept) <= POINTS
    assert {y for _, y in kept} == {0.5}


def test_column_takes_the_mean_of_its_points_and_gaps_are_bridged() -> None:
    assert resampled([(0.0, 1.0), (0.1, 3.0), (3.5, 8.0)], 4.0, 4) == pytest.approx([2.0, 4.0, 6.0, 8.0])


def test_before_and_behind_a_curve_nothing_is_drawn() -> None:
    assert resampled([(1.5, 1.0)], 4.0, 4) == [None, 1.0, None, None]


def test_rising_line_runs_from_the_lower_left_to_the_upper_right() -> None:
    drawn = plot([[(0.0, 0.0), (0.99, 1.0)]], 1.0, 10, 5)
    assert drawn.cells[-1][0] != "\u2800"
    assert drawn.cells[0][-1] != "\u2800"
    assert drawn.cells[0][0] == drawn.cells[-1][-1] == "\u2800"


def test_later_curve_owns_the_cells_that_both_touch() -> None:
    line: list[Point] = [(0.0, 1.0), (0.9, 1.0)]
    assert {owner for row in plot([line, line], 1.0, 4, 3).owners for owner in row} == {-1, 1}


@given(points, points)
def test_any_curves_fill_exactly_the_cells_asked_for(first: list[Point], second: list[Point]) -> None:
    drawn = plot([first, second], 10.0, 12, 4)
    assert [len(row) for row in drawn.cells] == [len(row) for row in drawn.owners] == [12] * 4
    assert drawn.low < drawn.high
