"""What a process that trains is asked for: its end is noticed, also one in the middle of a line."""

from __future__ import annotations

from io import StringIO

import pytest

from playground.engine.search.worker import _Orders

WITHIN = 20.0  # seconds


@pytest.mark.parametrize("lines", ['{"trial": true}\n', '{"trial": true}\n{"tri'])
def test_the_end_of_the_orders_is_noticed(lines: str) -> None:
    orders = _Orders(StringIO(lines))
    assert orders.ended.wait(WITHIN)
    assert orders.next() is None
