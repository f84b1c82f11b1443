"""Converts the cells of a column to numbers in its notation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product

import numpy as np
import numpy.typing as npt

from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.number_notation import NumberNotation
from playground.spec.data.table_summary import MISSING

MOSTLY = 0.9  # share of numbers, or of dates, in a column from which on its other cells count as missing
_PIECE = 5_000  # cells converted between two checks for cancellation
_LARGEST = 1e100  # as in `NumberNotation.number`

# In small and capital letters, and mixed: a look-up of each cell takes a tenth of the time of `lower`.
_MISSING = frozenset("".join(letters) for text in MISSING for letters in product(*zip(text, text.upper(), strict=True)))

_PLAIN = NumberNotation()

Floats = npt.NDArray[np.float64]


def is_missing(cell: str) -> bool:
    """Whether a cell stands for a missing value."""
    return cell in _MISSING


def present(cells: Sequence[str]) -> Sequence[str]:
    """The cells that do not stand for missing values."""
    return cells if _MISSING.isdisjoint(cells) else [cell for cell in cells if cell not in _MISSING]


def numbers(cells: Sequence[str], notation: NumberNotation) -> Floats:
    """The numbers (N,) of cells; NaN where one is missing, is no number, or is too large to compute with."""
    found = np.full(len(cells), np.nan)
    for begin in range(0, len(cells), _PIECE):
        stop_if_cancelled()
        piece = cells[begin : begin + _PIECE]
        lacking = _lacking(piece)
        some = list(piece)
        for index in lacking:
            some[index] = "0"  # so that the others can be converted at once
        values = _at_once(some, notation)
        if values is None:
            known = {cell: _number(cell, notation) for cell in set(some)}
            values = [known[cell] for cell in some]
        found[begin : begin + len(piece)] = values
        found[[begin + index for index in lacking]] = np.nan
    found[np.abs(found) >= _LARGEST] = np.nan
    return found


def _lacking(cells: Sequence[str]) -> list[int]:
    """The indices of cells that stand for missing values, which are few in most columns."""
    found = []
    for text in _MISSING.intersection(cells):
        at = -1
        for _ in range(cells.count(text)):
            at = cells.index(text, at + 1)
            found.append(at)
    return found


def _number(cell: str, notation: NumberNotation) -> float:
    value = notation.number(cell)
    return np.nan if value is None else value


def _at_once(cells: Sequence[str], notation: NumberNotation) -> list[float] | None:
    """The numbers of all cells; None where some need to be looked at one by one."""
    text = "\n".join(cells) + "\n"
    if notation == _PLAIN and text.isascii() and not text.encode().translate(None, b"+-.0123456789\n"):
        try:
            return list(map(float, cells))  # of these characters, `float` reads what the pattern below lets pass
        except ValueError:
            return None
    if notation.affix:
        sign = rf"[^\S\n]*{re.escape(notation.affix)}[^\S\n]*"
        text = re.sub(rf"^(?:([(+\-−]*){sign}(.*)|(.*?){sign}(\)?))$", r"\1\2\3\4", text, flags=re.MULTILINE)
    if notation.negatives:
        text = re.sub(r"^\((.*)\)$", r"-\1", text.replace("−", "-"), flags=re.MULTILINE)
    point = f"[{notation.decimal}]"
    whole = "[0-9]++"
    if notation.thousands:
        sign = f"[{notation.thousands}]"
        grouped = rf"(?:[0-9]{{1,3}}|[0-9]{{1,2}}(?:{sign}[0-9]{{2}})+)(?:{sign}[0-9]{{3}})++"
        whole = rf"(?:{grouped}|[0-9]++)"
    line = rf"[+-]?(?:{whole}(?:{point}[0-9]*)?|{point}[0-9]+)"
    power = r"" if notation.thousands else r"(?:[eE][+-]?[0-9]{1,3})?"
    if not re.fullmatch(rf"(?:{line}{power}\n)*+", text):
        return None
    for sign in notation.thousands:
        text = text.replace(sign, "")
    values = list(map(float, text.replace(",", ".").split("\n")[:-1]))
    return values if len(values) == len(cells) else None  # a cell may hold a line end
