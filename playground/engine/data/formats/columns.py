"""Classifies the columns of a table as numbers, categories or left out, and converts their values."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from playground.engine.data.formats.delimited import Rows
from playground.engine.data.formats.numbers import number
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.skipped import SkippedKind, Skips
from playground.spec.data.table_summary import MISSING, MOST_CATEGORIES, Column
from playground.spec.messages import Message, message
from playground.spec.number_text import BRIEF, percent_text

_MOST_MISSING = 0.3  # largest share of missing cells in a column, because each removes its row
_MOSTLY = 0.9  # share of numbers in a column from which on its other cells count as missing
_CELLS = 5000  # cells between two checks for cancellation
_LONGEST = 200  # characters of a category


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """A column and its value in each row: the number, or the index of the category; NaN where it is missing."""

    column: Column
    values: npt.NDArray[np.float64]


def columns(rows: Rows, skips: Skips) -> tuple[tuple[Values, ...], npt.NDArray[np.bool_]]:
    """The columns with their values in all rows, and which rows have a value in every usable column.

    The ranges and counts in `Column` are of those rows only.
    """
    found = [_column(name, [cells[i] for cells in rows.cells], rows, skips) for i, name in enumerate(rows.names)]
    whole = np.ones(len(rows.cells), bool)
    for item in found:
        if item.column.kind != "left out":
            whole &= ~np.isnan(item.values)
    for row in np.flatnonzero(~whole):
        lacking = [i.column.name for i in found if i.column.kind != "left out" and np.isnan(i.values[row])]
        skips.add(
            SkippedKind.ROW, f"row {rows.numbers[row]:,}", message("no value for {columns}", columns=", ".join(lacking))
        )
    return tuple(_described(item, whole) for item in found), whole


def _column(name: str, cells: list[str], rows: Rows, skips: Skips) -> Values:
    values: list[float | None] = []
    for begin in range(0, len(cells), _CELLS):
        stop_if_cancelled()
        values += [number(cell, rows.separator) for cell in cells[begin : begin + _CELLS]]
    present = sum(cell.lower() not in MISSING for cell in cells)
    if present < len(cells) * (1 - _MOST_MISSING) or not present:
        lacking = (len(cells) - present) / max(1, len(cells))
        return _left_out(
            name, len(cells), skips, message("{share} of its cells are empty", share=percent_text(lacking, BRIEF))
        )
    numbers = np.array([np.nan if value is None else value for value in values])
    if np.count_nonzero(~np.isnan(numbers)) >= _MOSTLY * present:
        return Values(Column(name=name), numbers)
    different = {cell for cell in cells if cell.lower() not in MISSING}
    if len(different) > MOST_CATEGORIES:
        words = message("{count:,} different texts, most of which occur once", count=len(different))
        return _left_out(name, len(cells), skips, words)
    known = sorted(different)
    if max(map(len, known)) > _LONGEST:
        return _left_out(name, len(cells), skips, message("its texts are too long to be categories"))
    codes = {text: float(code) for code, text in enumerate(known)}
    return Values(
        Column(name=name, kind="category", categories=tuple(known)),
        np.array([codes.get(cell, np.nan) for cell in cells]),
    )


def _left_out(name: str, count: int, skips: Skips, why: Message) -> Values:
    skips.add(SkippedKind.COLUMN, f"column “{name}”", why)
    return Values(Column(name=name, kind="left out"), np.full(count, np.nan))


def _described(item: Values, whole: npt.NDArray[np.bool_]) -> Values:
    """The same with the range, categories and counts of the rows that are used."""
    column, used = item.column, item.values[whole]
    if column.kind == "left out" or not used.size:
        return item
    if column.kind == "category":
        counted = np.bincount(used.astype(np.int64), minlength=len(column.categories))
        return Values(column.with_(counts=tuple(counted.tolist())), item.values)
    facts = {"low": float(used.min()), "high": float(used.max()), "whole": bool((used == np.round(used)).all())}
    few = Counter(used.tolist()) if facts["whole"] and np.unique(used).size <= MOST_CATEGORIES else Counter()
    values = sorted(few)
    described = column.with_(
        **facts, categories=tuple(f"{value:.0f}" for value in values), counts=tuple(few[value] for value in values)
    )
    return Values(described, item.values)
