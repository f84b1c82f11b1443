"""What the columns of a table hold: numbers, categories, or nothing that can be learned from; and their values."""

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

_MOST_LACKING = 0.3  # share of its cells that a column may lack: each costs its row
_MOSTLY = 0.9  # share of a column's cells that are numbers, from which on the others count as missing
_CELLS = 5000  # between two looks at whether to go on
_LONGEST = 200  # characters of a category


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """A column, and its value in each row: the number itself, or that of its category; NaN where it is missing."""

    column: Column
    values: npt.NDArray[np.float64]


def columns(rows: Rows, skips: Skips) -> tuple[tuple[Values, ...], npt.NDArray[np.bool_]]:
    """The columns with their values in all rows, and which rows lack no value of those that are not left out.

    What `Column` tells of numbers and counts is of those rows alone.
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
    if present < len(cells) * (1 - _MOST_LACKING) or not present:
        lacking = (len(cells) - present) / max(1, len(cells))
        return _left_out(
            name, len(cells), skips, message("{share} of its cells are empty", share=percent_text(lacking, BRIEF))
        )
    numbers = np.array([np.nan if value is None else value for value in values])
    if np.count_nonzero(~np.isnan(numbers)) >= _MOSTLY * present:
        return Values(Column(name=name), numbers)
    different = {cell for cell in cells if cell.lower() not in MISSING}
    if len(different) > MOST_CATEGORIES:
        words = message("{count:,} different texts, of which most come once", count=len(different))
        return _left_out(name, len(cells), skips, words)
    known = sorted(different)
    if max(map(len, known)) > _LONGEST:
        return _left_out(name, len(cells), skips, message("its texts are too long to be categories"))
    places = {text: float(place) for place, text in enumerate(known)}
    return Values(
        Column(name=name, kind="category", categories=tuple(known)),
        np.array([places.get(cell, np.nan) for cell in cells]),
    )


def _left_out(name: str, count: int, skips: Skips, why: Message) -> Values:
    skips.add(SkippedKind.COLUMN, f"column “{name}”", why)
    return Values(Column(name=name, kind="left out"), np.full(count, np.nan))


def _described(item: Values, whole: npt.NDArray[np.bool_]) -> Values:
    """The same with what can be told of the rows that are used."""
    column, used = item.column, item.values[whole]
    if column.kind == "left out" or not used.size:
        return item
    if column.kind == "category":
        counted = np.bincount(used.astype(np.int64), minlength=len(column.categories))
        return Values(column.with_(counts=tuple(counted.tolist())), item.values)
    facts = {"low": float(used.min()), "high": float(used.max()), "whole": bool((used == np.round(used)).all())}
    few = Counter(used.tolist()) if facts["whole"] and np.unique(used).size <= MOST_CATEGORIES else Counter()
    places = sorted(few)
    described = column.with_(
        **facts, categories=tuple(f"{value:.0f}" for value in places), counts=tuple(few[value] for value in places)
    )
    return Values(described, item.values)
