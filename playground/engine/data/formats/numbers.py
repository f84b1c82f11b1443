"""Parses numbers as people and spreadsheets write them."""

from __future__ import annotations

import math
import re

from playground.spec.data.table_summary import NUMBER, THOUSANDS

_NUMBER = re.compile(NUMBER)
_THOUSANDS = re.compile(THOUSANDS)


def number(cell: str, separator: str) -> float | None:
    """The finite number in a cell; None where it has none.

    A comma is a decimal point, unless it separates the cells: then it may separate thousands.
    """
    if "," in cell:
        if separator != ",":
            cell = cell.replace(",", ".")
        elif _THOUSANDS.fullmatch(cell):
            cell = cell.replace(",", "")
    if not _NUMBER.fullmatch(cell):
        return None
    value = float(cell)
    return value if math.isfinite(value) else None
