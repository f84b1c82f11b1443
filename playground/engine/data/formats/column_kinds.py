"""Decides what one column of a table holds: numbers, categories, dates, or what no network can learn from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from playground.engine.data.formats.alike_texts import on_alike
from playground.engine.data.formats.dates import are_dates, are_months, is_compact, is_date, moments, order_of
from playground.engine.data.formats.notation import Found, looks_like_number, notation_of
from playground.engine.data.formats.numbers import MOSTLY, Floats, is_missing, numbers
from playground.spec.data.dates import DayOrder
from playground.spec.data.number_notation import NumberNotation
from playground.spec.data.table_reading import ColumnChoice
from playground.spec.data.table_summary import LONGEST_NAME, MOST_CATEGORIES, MOST_WORDS, Column
from playground.spec.messages import Message, message, tr_noop
from playground.spec.number_text import BRIEF, percent_text

_MOST_DIFFERENT = 0.5  # share of different texts in a column of categories
_MOSTLY_DIFFERENT = 0.9  # share of different numbers in a column of identifiers
_TOO_LARGE = tr_noop("its numbers are too large to compute with")
_UNITS = tr_noop("its numbers have different units: {cells}")
_FEWEST_NUMBERS = 0.5  # share of the numbers beside them
_WORDS = 3  # of the mean text from which on it is free text and not an identifier
_COUNTERS = ("index", "id", "nr", "no", "nr.", "no.", "#", "row", "unnamed: 0")  # names of columns that count the rows
_SENTINELS = (-999.0, -9999.0, -99999.0, -999.9, -99.0)  # numbers that often stand for missing ones


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """A column and its value in each row, NaN where it is missing.

    The value is the number, the index of the category, or the seconds of a date, see `moment`.
    """

    column: Column
    values: Floats
    why: Message | None = None  # it is left out
    missing: int = 0  # cells without a value


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The cells of one column, and what is known of them."""

    name: str
    cells: Sequence[str]
    given: Sequence[str]  # those that do not stand for missing values
    lines: Sequence[int]  # of the file, for each cell
    found: Found  # the notation of its numbers
    choice: ColumnChoice
    usual: str  # the decimal sign of the table
    most_missing: float  # the largest share of its cells, unless the user wants it


def column_of(given: Cells, remarks: list[Message]) -> Values:
    """The column with its values, as its cells say, unless the user decided otherwise."""
    item = _of_kind(given, remarks)
    if item.why is None:
        item = _checked(_without_sentinel(item, remarks), given)
    if given.choice.used is False and item.why is None:
        item = _dropped(item, message("you left it out"))
    return item


def _of_kind(given: Cells, remarks: list[Message]) -> Values:
    if not given.given:
        return _left_out(given, "text", message("all its cells are empty"))
    match given.choice.kind:
        case "number":
            return _chosen_numbers(given)
        case "category":
            return _texts(given, remarks)
        case "date":
            return _dates(given, remarks)
        case "text":
            return _left_out(given, "text", message("it holds texts, of which only labelled texts are made"))
    mostly_days = are_dates(given.given)
    if mostly_days and (not is_compact(given.given[0]) or _all_days(given)):
        return _dates(given, remarks)
    if mostly_days:
        remarks.append(_on_days(given))
    if given.found.contradiction is not None:
        two = _two(given, given.found.contradiction)
        why = _why_no_numbers(given) or message("its numbers are written in two ways: {cells}", cells=two)
        return _left_out(given, "number", why)
    if given.found.notation is not None:
        unit = given.found.notation.affix
        if unit and not looks_like_number(given.given[0]):
            cell = given.given[0]
            words = tr_noop("“{cell}” in {name} is read as a number in {unit}.")
            remarks.append(message(words, cell=cell, name=given.name, unit=unit))
        if are_months(given.given):
            words = tr_noop(
                "“{cell}” in {name} is read as a number, though it looks like a month: from December to January the "
                "number grows by 89. Written as “{year}-{month}-01”, it is read as a date."
            )
            cell = given.given[0]
            remarks.append(message(words, cell=cell, name=given.name, year=cell[:4], month=cell[4:]))
        return _numbers(given, given.found.notation)
    return _texts(given, remarks)


def _two(given: Cells, at: tuple[int, int]) -> Message:
    """Two cells that contradict each other, with their rows; `at` counts the cells that are not missing."""
    there = [index for index, cell in enumerate(given.cells) if not is_missing(cell)]
    one, other = sorted(there[index] for index in at)
    return message(
        "“{one}” in row {row:,}, “{other}” in row {second:,}",
        one=given.cells[one],
        row=given.lines[one],
        other=given.cells[other],
        second=given.lines[other],
    )


def _chosen_numbers(given: Cells) -> Values:
    """Numbers because the user said so; cells that are none count as missing."""
    if given.found.units is not None:
        return _left_out(given, "text", message(_UNITS, cells=_two(given, given.found.units)))
    notation = given.found.notation or NumberNotation(decimal="," if given.usual == "," else ".")
    found = numbers(given.cells, notation)
    if np.isnan(found).all():
        return _left_out(given, "text", message("it holds no numbers"))
    column = Column(name=given.name, notation=notation)
    return Values(column, found, missing=int(np.isnan(found).sum()))


def _numbers(given: Cells, notation: NumberNotation) -> Values:
    found = numbers(given.cells, notation)
    there = found[~np.isnan(found)]
    if len(there) < MOSTLY * len(given.given):
        return _left_out(given, "number", message(_TOO_LARGE))
    return Values(Column(name=given.name, notation=notation), found, missing=int(np.isnan(found).sum()))


def _dates(given: Cells, remarks: list[Message]) -> Values:
    order = given.choice.order
    if order is None:
        found = order_of(given.given)
        if found.contradiction is not None:
            words = tr_noop("its dates are written with the day first and with the month first: {cells}")
            return _left_out(given, "date", message(words, cells=_two(given, found.contradiction)))
        if given.choice.kind is None and is_compact(given.given[0]):
            words = tr_noop("Numbers such as “{cell}” in {name} are read as dates, because all are days of a calendar.")
            remarks.append(message(words, cell=given.given[0], name=given.name))
        order = found.order or _likely_order(given, found.open or 0, remarks)
    values = moments(given.cells, order)
    if np.isnan(values).all():
        return _left_out(given, "text", message("it holds no dates"))
    return Values(Column(name=given.name, kind="date", order=order), values, missing=int(np.isnan(values).sum()))


def _all_days(given: Cells) -> bool:
    """Whether all cells are days, as hardly ever all amounts or identifiers of eight digits are."""
    return not np.isnan(moments(given.given, "ymd")).any()


def _on_days(given: Cells) -> Message:
    """That numbers are read as such, though all but a few of them are days of a calendar."""
    other = given.given[int(np.flatnonzero(np.isnan(moments(given.given, "ymd")))[0])]
    words = tr_noop(
        "Numbers such as “{cell}” in {name} are not read as dates, because “{other}” is no day of a calendar."
    )
    return message(words, cell=next(cell for cell in given.given if is_date(cell)), name=given.name, other=other)


def _likely_order(given: Cells, at: int, remarks: list[Message]) -> DayOrder:
    """The order where no number above 12 decides: month first only between slashes beside decimal points.

    Between points the day comes first, wherever such dates are written.
    """
    cell = given.given[at]
    if "." in cell.partition(":")[0]:
        return "dmy"
    month_first = "/" in cell and given.usual != ","
    words = (
        tr_noop("“{cell}” in {name} is read with the month first, though it could be the day.")
        if month_first
        else tr_noop("“{cell}” in {name} is read with the day first, though it could be the month.")
    )
    remarks.append(message(words, cell=cell, name=given.name))
    return "mdy" if month_first else "dmy"


def _texts(given: Cells, remarks: list[Message]) -> Values:
    different = set(given.given)
    chosen = given.choice.kind == "category" or given.choice.used
    if len(different) > MOST_CATEGORIES or (not chosen and len(different) > max(1, _MOST_DIFFERENT * len(given.given))):
        if not chosen and (amounts := _beside_words(given)) is not None:
            return amounts
        words = sum(len(cell.split()) for cell in different) / len(different)
        why = (
            _why_no_numbers(given)
            or _why_units(given)
            or message("{count:,} different texts, most of which occur once", count=len(different))
        )
        if chosen:
            why = message(
                "{count:,} different texts; at most {most} can be categories",
                count=len(different),
                most=MOST_CATEGORIES,
            )
        return _left_out(given, "text" if words >= _WORDS else "identifier", why)
    known = sorted(different)
    if max(map(len, known)) > LONGEST_NAME:
        return _left_out(given, "text", message("its texts are too long to be categories"))
    column = Column(name=given.name, kind="category", categories=tuple(known))
    remarks += on_alike(given.name, known)
    if given.found.units is not None and given.choice.kind is None:
        told = tr_noop("Numbers in {name} have different units ({cells}): read as categories.")
        remarks.append(message(told, name=given.name, cells=_two(given, given.found.units)))
    return Values(column, codes(given.cells, known), missing=len(given.cells) - len(given.given))


def _why_units(given: Cells) -> Message | None:
    """Why texts are no numbers, if their units differ."""
    found = given.found.units
    return None if found is None else message(_UNITS, cells=_two(given, found))


def _beside_words(given: Cells) -> Values | None:
    """Numbers, where a few words that occur again and again stand for missing ones: “unknown”, “inf”, “<0.5”."""
    words = Counter(cell for cell in given.given if not looks_like_number(cell))
    if not words or len(words) > MOST_WORDS or min(words.values()) < 2:  # also of no number at all
        return None
    rest = [cell for cell in given.given if cell not in words]
    if len(rest) < _FEWEST_NUMBERS * len(given.given):
        return None
    notation = notation_of(rest, given.usual or ".,").notation
    if notation is None:
        return None
    found = numbers(given.cells, notation)
    if (~np.isnan(found)).sum() < MOSTLY * len(rest):
        return _left_out(given, "number", message(_TOO_LARGE))
    return Values(Column(name=given.name, notation=notation), found, missing=int(np.isnan(found).sum()))


def _why_no_numbers(given: Cells) -> Message | None:
    """Why texts are no numbers, if they were with the other decimal sign; the user has decided on this one."""
    other = {".": ",", ",": "."}.get(given.usual)
    if other is None or notation_of(given.given, other).notation is None:
        return None
    cell = next((cell for cell in given.given if other in cell), None)
    if cell is None:
        return None
    return message("“{cell}” is no number with “{sign}” as the decimal sign", cell=cell, sign=given.usual)


def codes(cells: Sequence[str], categories: Sequence[str]) -> Floats:
    """The index of each cell (N,) among the categories; NaN for others."""
    known = {text: float(code) for code, text in enumerate(categories)}
    for cell in set(cells).difference(known):
        known[cell] = np.nan
    return np.fromiter(map(known.__getitem__, cells), np.float64, len(cells))


def _left_out(given: Cells, kind: str, why: Message) -> Values:
    column = Column.model_validate({"name": given.name, "kind": kind, "left_out": True})
    return Values(column, np.full(len(given.cells), np.nan), why, len(given.cells) - len(given.given))


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


def _checked(item: Values, given: Cells) -> Values:
    """The same, left out where nothing can be learned from it, or nothing should unless the user wants it."""
    column, there = item.column, item.values[~np.isnan(item.values)]
    if there.min() == there.max():
        return _dropped(item, message("all its values are the same"))
    if column.kind == "number" and not there.std() > 0:
        return _dropped(item, message("its values differ too little to compute with"))
    if given.choice.used:
        return item
    lacking = float(np.isnan(item.values).mean())
    if lacking > given.most_missing:
        unread = _unread(item, given)
        if unread and column.missing_value is None:
            words = tr_noop("{count:,} of its cells cannot be read as was decided, such as “{cell}”")
            return _dropped(item, message(words, count=len(unread), cell=unread[0]))
        return _dropped(item, message("{share} of its values are missing", share=percent_text(lacking, BRIEF)))
    why = _why_identifier(column, there)
    return item if why is None else _dropped(item, why, "identifier")


def _unread(item: Values, given: Cells) -> list[str]:
    """The cells that hold something, but no value."""
    return [given.cells[at] for at in np.flatnonzero(np.isnan(item.values)).tolist() if not is_missing(given.cells[at])]


def _why_identifier(column: Column, there: Floats) -> Message | None:
    """Why the values of a column only tell rows apart; None where they do more."""
    different = np.unique(there).size / there.size
    if column.name == "index" and different == 1 and (column.kind == "category" or (there == np.round(there)).all()):
        return message("it names the rows")
    if column.kind != "number" or not _names_rows(column.name):
        return None
    if len(there) > 2 and bool((np.diff(there) == 1).all()):
        return message("it counts the rows")
    if different >= _MOSTLY_DIFFERENT and (there == np.round(there)).all() and _is_id(column.name):
        return message("it is an identifier by its name, and nearly all its numbers differ")
    return None


def _names_rows(name: str) -> bool:
    """Whether a column of that name may number the rows: `PassengerId`, `No`."""
    return name.lower() in _COUNTERS or _is_id(name)


def _is_id(name: str) -> bool:
    """Whether it is the name of an identifier: `PassengerId`, `customer_id`, `ID`."""
    return name.lower() == "id" or name.lower().endswith("_id") or name.endswith(("Id", "ID"))


def _dropped(item: Values, why: Message, kind: str = "") -> Values:
    column = item.column.with_(left_out=True, categories=(), **({"kind": kind} if kind else {}))
    return Values(column, np.full(len(item.values), np.nan), why, item.missing)
