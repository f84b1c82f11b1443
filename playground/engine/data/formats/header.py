"""Tells the names of a table's columns, and their units, from its values."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from playground.engine.data.formats.dates import is_date
from playground.engine.data.formats.notation import is_quantity, looks_like_number
from playground.engine.data.formats.numbers import MOSTLY, is_missing, present
from playground.spec.messages import Message, message, tr_noop

_YEARS = range(1500, 2201)


def header_rows(some: Sequence[Sequence[str]]) -> tuple[int, Message | None]:
    """How many rows at the beginning are names (1), or names and units (2), and a remark where that was open."""
    first, below = some[0], some[1:]
    if not below:
        return (0 if any(map(_is_value, first)) else 1), None
    columns = list(zip(*below, strict=True))
    years = _years(first, columns)
    names = [name for index, name in enumerate(first) if index not in years]
    if any(map(_is_value, names)) and not _pandas(first, columns):
        values = sum(map(_is_value, names))
        over = sum(_over_values(name, column) for name, column in zip(first, columns, strict=True))
        if over <= values:
            return 0, None
    elif not _pandas(first, columns) and not _texts_are_names(first, columns) and not years:
        return 0, None
    if any(is_quantity(name) and _are_quantities(column) for name, column in zip(first, columns, strict=True)):
        return 0, None
    count = 2 if len(below) > 2 and _are_units(below[0], list(zip(*below[1:], strict=True))) else 1
    if years:
        words = tr_noop("The first row, with {years}, was read as the names of the columns, not as values.")
        return count, message(words, years=", ".join(first[index] for index in years[:3]))
    return count, None


def _is_value(cell: str) -> bool:
    return looks_like_number(cell) or is_date(cell)


def are_values(column: Sequence[str]) -> bool:
    """Whether nearly all present cells of a column are numbers or dates."""
    cells = present(column)
    return bool(cells) and sum(map(_is_value, cells)) >= MOSTLY * len(cells)


def _are_quantities(column: Sequence[str]) -> bool:
    cells = present(column)
    return bool(cells) and sum(map(is_quantity, cells)) >= MOSTLY * len(cells)


def _over_values(name: str, column: Sequence[str]) -> bool:
    """Whether a text stands above numbers or dates."""
    return not is_missing(name) and not _is_value(name) and are_values(column)


def _texts_are_names(first: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Whether texts stand above numbers, or else none of them occurs again below in the same column."""
    if any(_over_values(name, column) for name, column in zip(first, columns, strict=True)):
        return True
    return any(first) and not any(name and name in column for name, column in zip(first, columns, strict=True))


def _pandas(first: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Whether it is a header over row numbers without a name, with numbers as names, as pandas writes it."""
    if first[0] or not all(first[1:]):
        return False
    numbered = list(columns[0]) == [str(number) for number in range(len(columns[0]))]
    return numbered and list(first[1:]) == [str(number) for number in range(len(first) - 1)]


def _years(first: Sequence[str], columns: Sequence[Sequence[str]]) -> list[int]:
    """The indices of columns with a year as their name: years at equal distances, or out of the range of the values."""
    found = [index for index, name in enumerate(first) if _year(name)]
    if not found or not all(are_values(columns[index]) for index in found):
        return []
    if all(_year(cell) for index in found for cell in columns[index] if cell):
        return []
    years = [int(first[index]) for index in found]
    steps = {after - before for before, after in pairwise(years)}
    regular = len(years) > 1 and len(steps) == 1 and 0 not in steps
    return found if regular or all(_outside(columns[index]) for index in found) else []


def _year(cell: str) -> bool:
    return len(cell) == 4 and cell.isascii() and cell.isdigit() and int(cell) in _YEARS


def _outside(column: Sequence[str]) -> bool:
    """Whether all values have fewer digits than a year, or all have more."""
    digits = [len(cell.lstrip("+-").split(".")[0].split(",")[0]) for cell in column if cell]
    return all(count < 4 for count in digits) or all(count > 4 for count in digits)


def _are_units(second: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Whether the second row holds units: texts, or nothing, above all numbers, and no value of a column of texts."""
    pairs = list(zip(second, columns, strict=True))
    over = [unit for unit, column in pairs if are_values(column)]
    others = [(unit, column) for unit, column in pairs if not are_values(column)]
    if not any(unit.strip("-") for unit in over) or any(map(_is_value, second)):
        return False
    if any(unit.strip("-–") and is_missing(unit) for unit in over):
        return False
    return not any(unit and unit in column for unit, column in others) and sum(map(bool, second)) > len(second) / 2 - 1
