"""The columns of a table with their values, and the rows that are used."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from playground.engine.data.formats.column_kinds import Cells, Values, codes, column_of
from playground.engine.data.formats.dates import moments, parts_of
from playground.engine.data.formats.delimited import Rows
from playground.engine.data.formats.notation import Found, as_thousands, looks_like_number, notation_of, open_remark
from playground.engine.data.formats.numbers import MOSTLY, Floats, is_missing, numbers, present
from playground.engine.data.formats.typed_number import TypedNumber
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.number_notation import NumberNotation
from playground.spec.data.skipped import MOST, SkippedKind, Skips
from playground.spec.data.table_reading import Missing, ReadingChoice
from playground.spec.data.table_summary import LONGEST_NAME, MOST_CATEGORIES, MOST_GROUPS, Column, Grouping
from playground.spec.messages import Message, message, tr_noop
from playground.spec.number_text import BRIEF, percent_text

_MOST_NAMED = 8  # columns that a sentence lists
_MOST_DROPPED = 0.05  # share of the rows that may be left out because they lack a value, unless the user decides
_MOST_MISSING = 0.3  # share of missing cells in a column that is used
_MOST_FILLED = 0.9  # the same where the user has them filled
_SHORTEST_CODE = 4  # digits
_CODE = re.compile("0[0-9]+")  # as a text where cells have types: a code, not a number


class TableColumns(NamedTuple):
    """The columns of a table, the rows that are used, and what was decided about rows that lack a value."""

    columns: tuple[Values, ...]
    used: npt.NDArray[np.bool_]  # (rows,)
    missing: Missing
    grouping: Grouping | None
    remarks: list[Message]


def columns(rows: Rows, skips: Skips, choice: ReadingChoice | None = None) -> TableColumns:
    """The columns with their values in all rows, the rows that are used, and remarks.

    The ranges and counts in `Column` are of the rows that are used.
    """
    choice, remarks = choice or ReadingChoice(), list[Message]()
    cells = [rows.column(index) for index in range(len(rows.names))]
    given = [present(column) for column in cells]
    typed_file = rows.reading.form != "text"
    notations = _notations(given, choice.decimal, typed_file=typed_file)
    usual = choice.decimal or _usual_decimal([found for found in notations if not found.typed])
    most_missing = _MOST_FILLED if choice.missing in ("usual", "own") else _MOST_MISSING
    found = []
    for index, name in enumerate(rows.names):
        stop_if_cancelled()
        notation = _resolved(name, notations[index], given[index], usual, rows.reading.separator, remarks)
        decided = choice.column(name)
        if choice.groups == name and decided.used is None:
            decided = decided.with_(used=False)
        known = Cells(name, cells[index], given[index], rows.numbers, notation, decided, usual, most_missing)
        item = column_of(known, remarks)
        if decided.scaling is not None:
            item = replace(item, column=item.column.with_(scaling=decided.scaling))
        if item.why is not None:
            skips.add(SkippedKind.COLUMN, f"column “{name}”", item.why)
        found.append(item)
    missing = choice.missing or _likely_missing(found, remarks)
    used = used_rows(found, missing)
    lacking = np.flatnonzero(~used)
    for row in lacking[:MOST].tolist():
        skips.add_row(rows.numbers[row], _why_lacking(found, rows.row(row), row))
    skips.add_further(SkippedKind.ROW, len(lacking[MOST:]))
    if missing != "row":
        remarks += _on_unread(found, cells, rows.numbers)
    described = tuple(_described(item, used, missing) for item in found)
    return TableColumns(described, used, missing, _grouping(rows, choice.groups, used, remarks), remarks)


def values_of(column: Column, cells: Sequence[str]) -> Floats:
    """The values (N,) of a known column; NaN where one is missing or unknown, and in a column that is left out."""
    if not column.usable:
        return np.full(len(cells), np.nan)
    if column.kind == "category":
        return codes(cells, column.categories)
    if column.kind == "date":
        return moments(cells, column.order)
    found = numbers(cells, column.notation)
    if column.missing_value is not None:
        found[found == column.missing_value] = np.nan
    return found


def used_rows(found: Sequence[Values], missing: Missing) -> npt.NDArray[np.bool_]:
    """The rows that are used: those with a value in every usable column, or in any where a lack is filled."""
    count = len(found[0].values) if found else 0
    whole, some = np.ones(count, bool), np.zeros(count, bool)
    for item in found:
        if item.column.usable:
            there = ~np.isnan(item.values)
            whole &= there
            some |= there
    return whole if missing == "row" else some


def _likely_missing(found: Sequence[Values], remarks: list[Message]) -> Missing:
    """Rows that lack a value are left out where they are few; otherwise the values are filled."""
    whole = used_rows(found, "row")
    if not whole.size or whole.mean() >= 1 - _MOST_DROPPED:
        return "row"
    words = tr_noop(
        "{share} of the rows lack a value ({columns}): in inputs the median of the column takes its place, of "
        "categories the most frequent one."
    )
    lacking = [item for item in found if item.column.usable and item.missing]
    named = ", ".join(f"{item.column.name}: {item.missing:,}" for item in lacking[:_MOST_NAMED])
    more = ", …" if len(lacking) > _MOST_NAMED else ""
    remarks.append(message(words, share=percent_text(1 - float(whole.mean()), BRIEF), columns=named + more))
    return "usual"


def _on_unread(found: Sequence[Values], cells: Sequence[Sequence[str]], numbers: Sequence[int]) -> Iterator[Message]:
    """A remark for each column of numbers or dates in which other texts count as missing cells."""
    for item, column in zip(found, cells, strict=True):
        if not item.column.usable or item.column.kind == "category" or item.column.missing_value is not None:
            continue
        unread = [at for at in np.flatnonzero(np.isnan(item.values)).tolist() if not is_missing(column[at])]
        if unread:
            words = tr_noop(
                "“{cell}” in {column}, row {row:,}, cannot be read and counts as missing, as {count:,} cells do."
            )
            cell, row = column[unread[0]][:LONGEST_NAME], numbers[unread[0]]
            values = {"cell": cell, "column": item.column.name, "row": row}
            yield message(words, **values, count=len(unread))


def _grouping(rows: Rows, name: str, used: npt.NDArray[np.bool_], remarks: list[Message]) -> Grouping | None:
    """The groups of the rows that are used; None where none are wanted, or none are possible, with a remark."""
    if not name:
        return None
    if name not in rows.names:
        remarks.append(message("There is no column “{name}” that could group the rows.", name=name))
        return None
    cells = rows.column(rows.names.index(name))
    counted = Counter(cells[row][:LONGEST_NAME] for row in np.flatnonzero(used))
    if len(counted) > MOST_GROUPS:
        words = tr_noop("“{name}” has {count:,} different values; rows are kept together for at most {most:,}.")
        remarks.append(message(words, name=name, count=len(counted), most=MOST_GROUPS))
        return None
    return Grouping(column=name, names=tuple(counted), counts=tuple(counted.values()))


def _why_lacking(found: Sequence[Values], cells: Sequence[str], row: int) -> Message:
    """Why a row is left out."""
    lacking = [at for at, item in enumerate(found) if item.column.usable and np.isnan(item.values[row])]
    for at in lacking:
        column = found[at].column
        if not is_missing(cells[at]) and column.missing_value is None:
            words = tr_noop("“{cell}” in {column} is not a number that can be used")
            return message(words, cell=cells[at][:LONGEST_NAME], column=column.name)
    return message("no value for {columns}", columns=", ".join(found[at].column.name for at in lacking))


def _notations(given: Sequence[Sequence[str]], decimal: str | None, *, typed_file: bool) -> list[Found]:
    found = []
    for cells in given:
        stop_if_cancelled()
        if typed_file and any(isinstance(cell, TypedNumber) for cell in cells):
            found.append(_beside_typed(cells))
        elif any(_CODE.fullmatch(cell) for cell in cells) if typed_file else _are_codes(cells):
            found.append(Found())
        else:
            found.append(notation_of(cells, decimal or ".,") if cells else Found())
    return found


def _are_codes(cells: Sequence[str]) -> bool:
    """Whether cells are codes, such as postcodes: all of as many digits, four at least, and some begin with a zero."""
    length = len(cells[0]) if cells else 0
    if length < _SHORTEST_CODE or not any(cell[0] == "0" for cell in cells):
        return False
    return all(len(cell) == length for cell in cells) and "".join(cells).isdecimal()


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


def _described(item: Values, used: npt.NDArray[np.bool_], missing: Missing) -> Values:
    """The same with the range, categories and counts of the rows that are used."""
    column, there = item.column, item.values[used]
    if not column.usable or not there.size:
        return item
    lacking = int(np.isnan(there).sum())
    there = there[~np.isnan(there)]
    column = column.with_(missing=lacking, own_missing=missing == "own" and lacking > 0)
    if column.kind == "category":
        counted = np.bincount(there.astype(np.int64), minlength=len(column.categories))
        return replace(item, column=column.with_(counts=tuple(counted.tolist())))
    facts = {"low": float(there.min()), "high": float(there.max()), "whole": bool((there == np.round(there)).all())}
    if column.kind == "date":
        return replace(item, column=column.with_(**facts, parts=parts_of(there)))
    few = Counter(there.tolist()) if facts["whole"] and np.unique(there).size <= MOST_CATEGORIES else Counter()
    values = sorted(few)
    described = column.with_(
        **facts, categories=tuple(f"{value:.0f}" for value in values), counts=tuple(few[value] for value in values)
    )
    return replace(item, column=described)
