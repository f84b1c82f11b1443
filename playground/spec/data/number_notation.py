"""How the numbers of a column are written: decimal sign, thousands sign, currency or percent, negative numbers."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field

from playground.spec.component import Component

SPACES = " \u00a0\u202f\u2009"  # blank, no-break, narrow no-break, thin
APOSTROPHES = "'’"


class NumberNotation(Component):
    """The notation of one column, from which the value of each of its cells follows.

    A number in percent is the one before the sign: 12.5 for “12,5 %”.
    """

    decimal: Literal[".", ",", ".,"] = "."  # ".,": either, as earlier versions read tables without commas between cells
    thousands: Literal["", ".", ",", " \u00a0\u202f\u2009", "'’"] = ""  # any of these signs
    affix: str = Field("", strict=True, max_length=8)  # a currency, “%” or a unit, before or after the number
    negatives: bool = Field(False, strict=True)  # whether “−3” (U+2212) and “(3)” stand for -3

    def number(self, cell: str) -> float | None:
        """The number in a cell; None where it has none in this notation."""
        return number(cell, self.decimal, self.thousands, self.affix, self.negatives)


def number(
    cell: str, decimal: str = ".", thousands: str = "", affix: str = "", negatives: bool = False
) -> float | None:
    """The number in a cell, below 1e100; None where there is none in this notation."""
    if affix:
        sign = re.escape(affix)  # before or after the number: “3 m 20” is not 320
        cell = re.sub(rf"^([(+\-\u2212]*)\s*{sign}\s*|\s*{sign}\s*(\)?)$", r"\1\2", cell, count=1)
    if negatives:
        cell = re.sub(r"^\((.*)\)$", r"-\1", cell.replace("\u2212", "-"))
    point, power = f"[{decimal}]", "([eE][+-]?[0-9]{1,3})?"
    first = f"([0-9]{{1,3}}|[0-9]{{1,2}}([{thousands}][0-9]{{2}})+)"  # in India: 1,23,456
    groups = rf"([{thousands}][0-9]{{3}})+({point}[0-9]*)?"
    if thousands and re.fullmatch(f"[+-]?{first}{groups}", cell):
        cell = re.sub(f"[{thousands}]", "", cell)
    if not re.fullmatch(rf"[+-]?([0-9]+({point}[0-9]*)?|{point}[0-9]+){power}", cell):
        return None
    value = float(cell.replace(",", "."))
    return value if abs(value) < 1e100 else None
