"""Classifies the columns of a table, and converts their values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from playground.engine.data.formats.dates import are_dates
from playground.engine.data.formats.delimited import Rows
from playground.engine.data.formats.notation import Found, as_thousands, looks_like_number, notation_of, open_remark
from playground.engine.data.formats.numbers import MOSTLY, Floats, is_missing, numbers, present
from playground.engine.data.formats.typed_number import TypedNumber
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.number_notation import NumberNotation
from playground.spec.data.skipped import SkippedKind, Skips
from playground.spec.data.table_summary import MOST_CATEGORIES, Column
from playground.spec.messages import Message, message, tr_noop
from playground.spec.number_text import BRIEF, percent_text

_MOST_MISSING = 0.3  # largest share of missing cells in a column, because each removes its row
_LONGEST = 200  # characters of a category
_MOST_DIFFERENT = 0.5  # share of different texts in a column of categories
_CODE = re.compile("0[0-9]+")  # as a text where cells have types: a code, not a number
_WORDS = 3  # of the mean text from which on it is free text and not an identifier
_COUNTERS = ("index", "id", "nr", "no", "nr.", "no.", "#", "row", "unnamed: 0")  # names of columns that count the rows
_SENTINELS = (-999.0, -9999.0, -99999.0, -999.9, -99.0)  # numbers that often stand for missing ones


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """A column and its value in each row: the number, or the index of the category; NaN where it is missing."""

    column: Column
    values: Floats
    why: Message | None = None  # it is left out
    missing: int = 0  # cells without a value


def columns(
    rows: Rows, skips: Skips, decimal: str | None = None
) -> tuple[tuple[Values, ...], npt.NDArray[np.bool_], list[Message]]:
    """The columns with their values in all rows, which rows have a value in every usable column, and remarks.

    The ranges and counts in `Column` are of those rows only. `decimal` is the decimal sign where it is known.
    """
    remarks: list[Message] = []
    cells = [rows.column(index) for index in range(len(rows.names))]
    given = [present(column) for column in cells]
    typed_file = rows.reading.form != "text"
    notations = _notations(given, decimal, typed_file=typed_file)
    usual = decimal or _usual_decimal([found for found in notations if not found.typed])
    found = []
    for index, name in enumerate(rows.names):
        stop_if_cancelled()
        notation = _resolved(name, notations[index], given[index], usual, rows.reading.separator, remarks)
        item = _column(name, cells[index], given[index], notation, rows.numbers)
        if item.why is None:
            item = _checked(_without_sentinel(item, remarks))
        if item.why is not None:
            skips.add(SkippedKind.COLUMN, f"column “{name}”", item.why)
        found.append(item)
    whole = complete(found)
    for row in np.flatnonzero(~whole):
        skips.add_row(rows.numbers[row], _why_lacking(found, rows.cells[row], int(row)))
    return tuple(_described(item, whole) for item in found), whole, remarks


def values_of(column: Column, cells: Sequence[str]) -> Floats:
    """The values (N,) of a known column; NaN where one is missing or unknown, and in a column that is left out."""
    if not column.usable:
        return np.full(len(cells), np.nan)
    if column.kind == "category":
        codes = {text: float(code) for code, text in enumerate(column.categories)}
        return np.array([codes.get(cell, np.nan) for cell in cells])
    found = numbers(cells, column.notation)
    if column.missing_value is not None:
        found[found == column.missing_value] = np.nan
    return found


def complete(found: Sequence[Values]) -> npt.NDArray[np.bool_]:
    """Which rows have a value in every usable column."""
    whole = np.ones(len(found[0].values) if found else 0, bool)
    for item in found:
        if item.column.usable:
            whole &= ~np.isnan(item.values)
    return whole


def _why_lacking(found: Sequence[Values], cells: Sequence[str], row: int) -> Message:
    """Why a row is left out."""
    lacking = [at for at, item in enumerate(found) if item.column.usable and np.isnan(item.values[row])]
    for at in lacking:
        column = found[at].column
        if not is_missing(cells[at]) and column.missing_value is None:
            words = tr_noop("“{cell}” in {column} is not a number that can be used")
            return message(words, cell=cells[at][:_LONGEST], column=column.name)
    return message("no value for {columns}", columns=", ".join(found[at].column.name for at in lacking))


def _notations(given: Sequence[Sequence[str]], decimal: str | None, *, typed_file: bool) -> list[Found]:
    found = []
    for cells in given:
        stop_if_cancelled()
        if typed_file and any(isinstance(cell, TypedNumber) for cell in cells):
            found.append(_beside_typed(cells))
        elif typed_file and any(_CODE.fullmatch(cell) for cell in cells):
            found.append(Found())
        else:
            found.append(notation_of(cells, decimal or ".,") if cells else Found())
    return found


def _beside_typed(cells: Sequence[str]) -> Found:
    """Typed numbers are what they are; of texts beside them, only plain whole numbers leave no doubt."""
    typed = next(index for index, cell in enumerate(cells) if isinstance(cell, TypedNumber))
    texts = [(index, cell) for index, cell in enumerate(cells) if not isinstance(cell, TypedNumber)]
    numbers = [(index, cell) for index, cell in texts if looks_like_number(cell)]
    if len(texts) - len(numbers) > (1 - MOSTLY) * len(cells):
        return Found()
    doubtful = next((index for index, cell in numbers if not cell.isdecimal()), None)
    if doubtful is not None:
        return Found(contradiction=(typed, doubtful))
    return Found(NumberNotation(), decimal=".", typed=True)


def _usual_decimal(notations: Sequence[Found]) -> str:
    """The decimal sign of most columns that leave no doubt; empty where all do."""
    counted = Counter(found.decimal for found in notations if found.decimal).most_common(1)
    return counted[0][0] if counted else ""


def _resolved(
    name: str, found: Found, given: Sequence[str], usual: str, separator: str, remarks: list[Message]
) -> Found:
    """The same without doubt: what a column leaves open is decided by the others, and remarked upon."""
    notation = found.notation
    if notation is None:
        return found
    if not found.open:
        other = usual and not found.decimal and usual != notation.thousands
        return replace(found, notation=notation.with_(decimal=usual)) if other else found
    thousands = found.open != usual if usual else found.thousands_likely or found.open == separator
    if not usual or found.thousands_likely != thousands:
        example = next(cell for cell in given if found.open in cell)
        remarks.append(open_remark(name, example, thousands=thousands, sign=found.open))
    return replace(found, notation=as_thousands(notation) if thousands else notation)


def _column(name: str, cells: Sequence[str], given: Sequence[str], found: Found, lines: Sequence[int]) -> Values:
    lacking = len(cells) - len(given)
    if len(given) < len(cells) * (1 - _MOST_MISSING) or not given:
        share = percent_text(lacking / max(1, len(cells)), BRIEF)
        return _left_out(Column(name=name, kind="text"), cells, message("{share} of its cells are empty", share=share))
    if are_dates(given):
        why = message("it holds dates or times, from which networks cannot learn here yet")
        return _left_out(Column(name=name, kind="date"), cells, why, lacking)
    if found.contradiction is not None:
        return _left_out(Column(name=name), cells, _contradicting(cells, found.contradiction, lines), lacking)
    if found.notation is not None:
        return _numbers(Column(name=name, notation=found.notation), cells)
    return _texts(name, cells, given)


def _contradicting(cells: Sequence[str], at: tuple[int, int], lines: Sequence[int]) -> Message:
    there = [index for index, cell in enumerate(cells) if not is_missing(cell)]
    one, other = sorted(there[index] for index in at)
    return message(
        "its numbers are written in two ways: “{one}” in row {row:,}, “{other}” in row {second:,}",
        one=cells[one],
        row=lines[one],
        other=cells[other],
        second=lines[other],
    )


def _numbers(column: Column, cells: Sequence[str]) -> Values:
    found = numbers(cells, column.notation)
    there = found[~np.isnan(found)]
    if len(there) < MOSTLY * len(present(cells)):
        return _left_out(column, cells, message("its numbers are too large to compute with"))
    return Values(column, found, missing=int(np.isnan(found).sum()))


def _texts(name: str, cells: Sequence[str], given: Sequence[str]) -> Values:
    different = set(given)
    if len(different) > MOST_CATEGORIES or len(different) > max(1, _MOST_DIFFERENT * len(given)):
        words = sum(len(cell.split()) for cell in different) / len(different)
        column = Column(name=name, kind="text" if words >= _WORDS else "identifier")
        why = message("{count:,} different texts, most of which occur once", count=len(different))
        return _left_out(column, cells, why, len(cells) - len(given))
    known = sorted(different)
    if max(map(len, known)) > _LONGEST:
        return _left_out(
            Column(name=name, kind="text"),
            cells,
            message("its texts are too long to be categories"),
            len(cells) - len(given),
        )
    column = Column(name=name, kind="category", categories=tuple(known))
    return Values(column, values_of(column, cells), missing=len(cells) - len(given))


def _left_out(column: Column, cells: Sequence[str], why: Message, missing: int | None = None) -> Values:
    count = sum(map(is_missing, cells)) if missing is None else missing
    return Values(column.with_(left_out=True), np.full(len(cells), np.nan), why, count)


def _without_sentinel(item: Values, remarks: list[Message]) -> Values:
    """A number such as -999, far below all others, stands for a missing one."""
    there = item.values[~np.isnan(item.values)]
    if item.column.kind != "number" or not there.size or (low := float(there.min())) not in _SENTINELS:
        return item
    rest = there[there != low]
    if not rest.size or rest.min() - low <= rest.max() - rest.min() or rest.min() < low / 10:
        return item
    count = int((there == low).sum())
    words = message(
        "In “{name}”, {value:g} in {count:,} rows is far below all other numbers: read as a missing value.",
        name=item.column.name,
        value=low,
        count=count,
    )
    remarks.append(words)
    values = np.where(item.values == low, np.nan, item.values)
    return Values(item.column.with_(missing_value=low), values, missing=item.missing + count)


def _checked(item: Values) -> Values:
    """The same, left out where nothing can be learned from it."""
    column, there = item.column, item.values[~np.isnan(item.values)]
    if np.isnan(item.values).mean() > _MOST_MISSING:
        return _dropped(item, message("too many of its values are missing"))
    if there.min() == there.max():
        return _dropped(item, message("all its values are the same"))
    if column.kind == "number":
        counting = len(there) > 2 and bool((np.diff(there) == 1).all())
        if counting and there[0] in (0, 1) and _names_rows(column.name):
            return _dropped(replace(item, column=column.with_(kind="identifier")), message("it counts the rows"))
        if not there.std() > 0:
            return _dropped(item, message("its values differ too little to compute with"))
    elif column.name == "index" and np.unique(there).size == there.size:
        return _dropped(replace(item, column=column.with_(kind="identifier")), message("it names the rows"))
    return item


def _names_rows(name: str) -> bool:
    """Whether a column of that name may number the rows: `PassengerId`, `customer_id`, `No`."""
    word = name.lower()
    return word in _COUNTERS or word.endswith("_id") or name.endswith(("Id", "ID"))


def _dropped(item: Values, why: Message) -> Values:
    column = item.column.with_(left_out=True, categories=())
    return Values(column, np.full(len(item.values), np.nan), why, item.missing)


def _described(item: Values, whole: npt.NDArray[np.bool_]) -> Values:
    """The same with the range, categories and counts of the rows that are used."""
    column, used = item.column, item.values[whole]
    if not column.usable or not used.size:
        return item
    if column.kind == "category":
        counted = np.bincount(used.astype(np.int64), minlength=len(column.categories))
        return replace(item, column=column.with_(counts=tuple(counted.tolist())))
    facts = {"low": float(used.min()), "high": float(used.max()), "whole": bool((used == np.round(used)).all())}
    few = Counter(used.tolist()) if facts["whole"] and np.unique(used).size <= MOST_CATEGORIES else Counter()
    values = sorted(few)
    described = column.with_(
        **facts, categories=tuple(f"{value:.0f}" for value in values), counts=tuple(few[value] for value in values)
    )
    return replace(item, column=described)
