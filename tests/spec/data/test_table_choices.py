"""What can be decided on a table has a label for each value."""

from __future__ import annotations

from typing import get_args

from playground.spec.data import dates, table_reading


def test_each_choice_has_a_label() -> None:
    for choices, labels in (
        (table_reading.DecimalSign, table_reading.DECIMALS),
        (table_reading.Missing, table_reading.MISSING),
        (table_reading.Scaled, table_reading.SCALINGS),
        (dates.DayOrder, dates.DAY_ORDERS),
    ):
        assert get_args(choices) == tuple(labels)
