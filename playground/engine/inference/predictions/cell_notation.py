"""How the cells of a column are written in a table that is answered: perhaps otherwise than in the one learned from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.engine.data.formats.dates import order_of
from playground.engine.data.formats.notation import notation_of
from playground.engine.data.formats.numbers import is_missing, numbers
from playground.engine.data.formats.typed_number import TypedNumber
from playground.spec.data.dates import DayOrder, moment
from playground.spec.data.number_notation import NumberNotation
from playground.spec.data.table_summary import Column


def notation_for(column: Column, cells: Sequence[str]) -> NumberNotation:
    """That of the table which the network learned from, where it suits the cells; else the one in which they are."""
    present = [cell for cell in cells if not is_missing(cell)]
    if present and all(isinstance(cell, TypedNumber) for cell in present):
        return NumberNotation()
    if column.kind == "category" or not np.isnan(numbers(present, column.notation)).any():
        return column.notation
    found = notation_of(present).notation
    if found is None or (found.affix and found.affix != column.notation.affix and _changes_unit(column, found)):
        return column.notation  # “300 g” is not 300 where the network learned from kilograms: it cannot be read
    return found


def _changes_unit(column: Column, found: NumberNotation) -> bool:
    """Whether numbers with another unit, currency or “%” would mean others than those that the network knows."""
    return bool(column.notation.affix) or found.affix == "%"


def order_for(column: Column, cells: Sequence[str]) -> DayOrder:
    """That of the table which the network learned from, unless the cells show another one."""
    present = [cell for cell in cells if not is_missing(cell)]
    if all(moment(cell, column.order) is not None for cell in present):
        return column.order
    found = order_of(present)
    return found.order or column.order
