"""Cells of any column as values to sort by."""

from __future__ import annotations

import math
from datetime import datetime

import pytest

from playground.engine.data.formats.sorting_values import values_of_texts


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["9,5", "10,25", "", "-3,0"], [9.5, 10.25, -math.inf, -3.0]),
        (["9.5", "10.25"], [9.5, 10.25]),
        (["1.020", "980"], [1020.0, 980.0]),
        (["12,50 €", "1.234,00 €"], [12.5, 1234.0]),
        ([*map(str, range(20)), "k.A."], [*map(float, range(20)), -math.inf]),
    ],
)
def test_numbers_in_any_notation(cells: list[str], values: list[float]) -> None:
    assert values_of_texts(cells) == values


def test_dates_are_in_the_order_of_time_and_texts_have_no_values() -> None:
    first, second = values_of_texts(["31.01.2025", "01.12.2024"]) or (0, 0)
    assert first - second == (datetime(2025, 1, 31) - datetime(2024, 12, 1)).total_seconds()
    assert values_of_texts(["7a", "8b"]) is None
    assert values_of_texts(["", "NA"]) is None
