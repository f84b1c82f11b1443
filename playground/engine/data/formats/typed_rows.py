"""Rows of cells from files whose cells have types; a number in such a file needs no guess at its notation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, Literal

from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.delimited import MOST_CELLS, SAMPLED, Numbered, Rows, ensure_usable_width, named
from playground.engine.data.formats.header import header_rows
from playground.engine.data.formats.json_lines import json_lines
from playground.engine.data.formats.parquet import parquet
from playground.engine.data.formats.typed_number import TypedNumber
from playground.engine.data.formats.workbook import Workbook
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.skipped import SkippedKind, Skips
from playground.spec.data.table_reading import ReadingChoice, TableReading
from playground.spec.data.table_summary import FEWEST_ROWS
from playground.spec.data.typed_cells import cell_text
from playground.spec.messages import Message, joined, message, tr_noop

_MOST_BEFORE = 20  # rows above a table that may be its title and notes
_MOST_NAMED = 8  # sheets that a sentence lists
_NUMBERS = {int, float, Decimal, timedelta}  # types of values that are numbers

Form = Literal["sheet", "parquet", "json lines"]


def found_typed_rows(
    data: bytes, file: str, form: Form, choice: ReadingChoice, skips: Skips, usual_sheet: str = ""
) -> tuple[Rows, list[Message]]:
    """The rows as `choice` says, and remarks on what it left open.

    Raises:
        Damaged: it cannot be read, or has no such sheet; or the library that reads it is missing.
    """
    if form != "sheet":
        header = 1 if choice.header is None else choice.header
        return typed_rows(data, file, TableReading(form=form, header=header), skips), []
    workbook = Workbook(data, file)
    sheet, remarks = _sheet(workbook, file, choice.sheet, usual_sheet)
    first, values = workbook.rows(sheet)
    remarks += workbook.remarks(sheet)
    if any(timedelta in map(type, row) for row in values):
        remarks.append(message("Durations are read as days: 12:00 as 0.5."))
    whole = _numbered(first, values, file, skips)
    before = _before([cells for _, cells in whole[: _MOST_BEFORE + 1]])
    reading = TableReading(form="sheet", sheet=sheet, before=before, header=choice.header or 0)
    whole = whole[before:]
    filled = [(number, cells) for number, cells in whole if any(cells)]
    if choice.header is None:
        count, remark = header_rows([cells for _, cells in filled[:SAMPLED]])
        remarks += [remark] if remark else []
        reading = reading.with_(header=count)
    return named(filled, reading), remarks


def typed_rows(data: bytes, file: str, reading: TableReading, skips: Skips) -> Rows:
    """The rows of a file that is known; raises Damaged, see above."""
    match reading.form:
        case "parquet":
            whole = _numbered(0, parquet(data, file, skips), file, skips)
        case "json lines":
            lines, values = json_lines(data, file, skips)
            whole = _numbered(0, values, file, skips)
            whole = [(line, cells) for line, (_, cells) in zip([0, *lines], whole, strict=False)]
        case _:
            whole = _numbered(*Workbook(data, file).rows(reading.sheet), file, skips)
    return named([(number, cells) for number, cells in whole[reading.before :] if any(cells)], reading)


def _sheet(workbook: Workbook, file: str, wanted: str | None, usual: str) -> tuple[str, list[Message]]:
    """The sheet to read, and a remark where there are several.

    It is the first one that holds a table, or else the first one, unless another is wanted or usual.
    """
    names = workbook.sheets
    listed = joined([message("“{name}”", name=name) for name in names[:_MOST_NAMED]], ", ")
    if wanted is not None and wanted not in names:
        raise Damaged(file, message("it has no sheet “{name}”, but {names}", name=wanted, names=listed))
    if wanted is not None or usual in names:
        return wanted or usual, []
    if len(names) == 1:
        return names[0], []
    found = next((name for name in names if _is_table(workbook, name)), names[0])
    words = tr_noop("It has {count:,} sheets, {names}: the first one is read.")
    if found != names[0]:
        words = tr_noop("It has {count:,} sheets, {names}: “{name}” is read, the first one that holds a table.")
    return found, [message(words, count=len(names), names=listed, name=found)]


def _is_table(workbook: Workbook, sheet: str) -> bool:
    """Whether a sheet has as many rows as can be learned from, with two cells or more in each."""
    try:
        _, values = workbook.rows(sheet)
    except Damaged:
        return False
    filled = (row for row in values if sum(value is not None and value != "" for value in row) > 1)
    return sum(1 for _ in islice(filled, FEWEST_ROWS)) == FEWEST_ROWS


def _numbered(first: int, values: Sequence[Sequence[Any]], file: str, skips: Skips) -> Numbered:
    """The rows as texts, with their numbers from `first`; those beyond the limit are skipped."""
    width = len(values[0]) if values else 0
    if not width:
        raise Damaged(file, message("it has no values"))
    ensure_usable_width(width, file)
    most = MOST_CELLS // width
    if len(values) > most:
        words = message("only the first {count:,} cells are read", count=MOST_CELLS)
        skips.add(SkippedKind.REST, f"row {first + most:,} …", words)
    found = []
    for number, row in enumerate(values[:most], start=first):
        if number % 1000 == 0:
            stop_if_cancelled()
        found.append((number, [typed_cell(value) for value in row]))
    return found


def typed_cell(value: Any) -> str:
    """A value as the text of a cell, which says whether the value is a number."""
    text = cell_text(value)
    return TypedNumber(text) if type(value) in _NUMBERS and text else text


def _before(some: Sequence[Sequence[str]]) -> int:
    """How many rows at the beginning are a title and notes: they have one cell at most, and the table several."""
    sparse = [sum(map(bool, cells)) < 2 for cells in some]
    return sparse.index(False) if False in sparse else 0
