"""A dense line painted as column_rects covers what the line covers."""

from __future__ import annotations

import numpy as np
import pytest

from playground.gui.curves.columns import column_rects


def places(*points: tuple[float, float]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array(points, np.float64)


def test_every_column_shows_its_points_and_half_of_the_way_to_its_neighbours() -> None:
    found = column_rects(
        places((10.2, 5.0), (10.8, 9.0), (11.1, 9.0), (11.9, 3.0), (12.5, 11.0), (12.6, 12.0)), 1.0, 1.0
    )
    assert found is not None
    assert found[:, [0, 2]].tolist() == [[10.0, 1.0], [11.0, 1.0], [12.0, 1.0]]
    top, height = found[:, 1] + 0.5, found[:, 3] - 1.0
    assert np.stack((top, top + height), 1).tolist() == [[5.0, 9.0], [3.0, 9.0], [7.0, 12.0]]


def test_columns_lie_on_device_pixels_and_are_as_wide_as_the_line() -> None:
    points = np.stack((np.linspace(3.1, 9.9, 60), np.linspace(0.0, 50.0, 60)), axis=1)
    found = column_rects(points, 2.0, 2.0)
    assert found is not None
    left, top, width, height = found.T
    assert set(width.tolist()) == {1.0}
    assert np.all(2 * left % 1 == 0)
    assert np.diff(left).tolist() == [1.0] * 6
    assert np.all(top[1:] < (top + height)[:-1])


@pytest.mark.parametrize(("apart", "up"), [(0.7, 9.0), (5.0, 9.0), (0.5, 1.0)])
def test_a_line_whose_slopes_can_be_seen_keeps_them(apart: float, up: float) -> None:
    steps = np.arange(50)
    assert column_rects(np.stack((apart * steps, steps % 2 * up), axis=1), 1.0, 1.0) is None


def test_a_line_with_a_gap_keeps_its_slope_across() -> None:
    x = np.concatenate((np.linspace(0.0, 5.0, 50), np.linspace(8.0, 9.0, 50)))
    assert column_rects(np.stack((x, x), axis=1), 1.0, 1.0) is None
