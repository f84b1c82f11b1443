"""The inputs that a network gets of a table's rows, held to a computation row by row."""

from __future__ import annotations

from math import cos, nan, pi, sin
from typing import get_args

import numpy as np
import pytest

from playground.engine.data.scaling import Scaling
from playground.engine.data.sources.vectors import fills_of, scale, vectors
from playground.spec.data.dates import moment
from playground.spec.data.table_reading import Scaled
from playground.spec.data.table_summary import Column

NUMBER, COLOUR = Column(name="n"), Column(name="c", kind="category", categories=("blue", "green", "red"))
DAY = Column(name="d", kind="date", parts=("year", "month", "day", "weekday", "hour"))


def seconds(cell: str) -> float:
    found = moment(cell)
    assert found is not None
    return found


def test_numbers_categories_and_dates() -> None:
    rows = np.array([[3.5, 2, seconds("2025-03-01 18:00")], [-1, 0, seconds("1969-12-29")]])
    found = vectors(rows, [NUMBER, COLOUR, DAY])
    angles = [2 * pi * turn for turn in (2 / 12, 0 / 31, 5 / 7, 18 / 24)]  # March, the first, Saturday, 6 pm
    assert found[0] == pytest.approx([3.5, 0, 0, 1, 2025, *(part for a in angles for part in (sin(a), cos(a)))])
    angles = [2 * pi * turn for turn in (11 / 12, 28 / 31, 0 / 7, 0)]  # December, the 29th, Monday, midnight
    assert found[1] == pytest.approx([-1, 1, 0, 0, 1969, *(part for a in angles for part in (sin(a), cos(a)))])


def test_missing_values_are_filled_or_inputs_of_their_own() -> None:
    rows = np.array([[1.0, 2], [nan, 2], [4.0, nan], [10.0, 0], [nan, nan]])
    fills = fills_of(rows, [NUMBER, COLOUR])
    assert fills == (4.0, 2.0)  # the median, and the most frequent category
    usual = vectors(rows, [NUMBER, COLOUR], fills)
    assert usual.tolist() == [[1, 0, 0, 1], [4, 0, 0, 1], [4, 0, 0, 1], [10, 1, 0, 0], [4, 0, 0, 1]]
    own = vectors(rows, [item.with_(own_missing=True) for item in (NUMBER, COLOUR)], fills)
    assert own[1].tolist() == [4, 1, 0, 0, 1, 0]
    assert own[2].tolist() == [4, 0, 0, 0, 0, 1]


@pytest.mark.parametrize("way", get_args(Scaled))
def test_each_scaling_is_the_one_of_that_name(way: Scaled) -> None:
    values = np.array([2.0, 4.0, 4.0, 5.0, 25.0])
    offset, width = {
        "standard": (8.0, (366 / 5) ** 0.5),
        "min-max": (2.0, 23.0),
        "robust": (4.0, 1.0),  # median 4, quartiles 4 and 5
        "none": (0.0, 1.0),
    }[way]
    rows = np.stack([values, np.zeros(5)], axis=1)
    offsets, widths = scale(vectors(rows, [NUMBER.with_(scaling=way), COLOUR]), [NUMBER.with_(scaling=way), COLOUR])
    assert (offsets[0], widths[0]) == pytest.approx((offset, width))
    assert (offsets[1:].tolist(), widths[1:].tolist()) == ([0, 0, 0], [1, 1, 1])


def test_equal_numbers_are_not_divided_by_zero() -> None:
    rows = np.full((4, 1), 7.0)
    for way in get_args(Scaled):
        assert scale(rows, [NUMBER.with_(scaling=way)])[1].tolist() == [1.0]


def test_fills_of_a_file_are_checked_by_the_kind_of_their_column() -> None:
    columns, zeros, ones = (NUMBER, COLOUR, DAY), (0.0,) * 13, (1.0,) * 13
    for fills, sound in (
        ((), True),
        ((1.5, 2.0, 0.0), True),
        ((1.5, 2.0), False),
        ((1.5, 3.0, 0.0), False),
        ((1.5, -1.0, 0.0), False),
        ((1.5, 0.5, 0.0), False),
        ((1.5, 2.0, 3e11), False),
    ):
        assert Scaling(zeros, ones, fills=fills).suits(13, columns) is sound
