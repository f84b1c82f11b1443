"""Reads the second file of a table, whose rows are for the test, as its first one was read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from playground.engine.data.formats.checksum import changed_since_chosen, sha256_of
from playground.engine.data.formats.column_kinds import Values
from playground.engine.data.formats.columns import used_rows, values_of
from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.numbers import Floats, is_missing
from playground.engine.data.formats.table_file import known_table
from playground.engine.data.formats.workbook import Workbook
from playground.engine.data.in_memory import DataError
from playground.spec.data.separate_test import SeparateColumn, SeparateTest
from playground.spec.data.skipped import Skips
from playground.spec.data.table_reading import TableReading
from playground.spec.data.table_summary import BUNDLED, Column, TableFile
from playground.spec.files.file_kind import Use, ensure_usable, table_form
from playground.spec.files.resources import resource
from playground.spec.files.storage import FileError, read_bounded
from playground.spec.messages import Message, joined, message, tr_noop

MOST_BYTES = 100_000_000
_MOST_NAMED = 8  # columns that a sentence lists


class FoundTest(NamedTuple):
    """A test file as it was read, its values (rows, columns of the first file), and remarks on its rows."""

    record: SeparateTest
    values: Floats
    lines: npt.NDArray[np.int64]  # (rows,), of each row in the file
    remarks: tuple[Message, ...]


def table_bytes(path: str) -> bytes:
    """The contents of a table's file; raises FileError."""
    if path == BUNDLED:
        return read_bounded(resource("iris", path), MOST_BYTES)
    ensure_usable(Path(path), Use.TABLE, Use.TEXT)
    return read_bounded(Path(path), MOST_BYTES)


def found_test(path: str, file: TableFile) -> FoundTest:
    """Read a test file as `file`, the first one: in the same layout, with the same categories and missing cells.

    Columns are matched by name; those that are left out need not be there. A category that the first file does not
    have counts as missing.

    Raises:
        DataError: it cannot be read, lacks columns, or has no row that can be used; the message says which.
    """
    name = Path(path).name
    try:
        data = table_bytes(path)
        rows = known_table(data, name, _reading(data, name, file.reading), Skips())
    except (FileError, Damaged) as error:
        raise DataError(error.message) from error
    if absent := [item.name for item in file.usable if item.name not in rows.names]:
        listed = joined([message("“{name}”", name=item) for item in absent[:_MOST_NAMED]], ", ")
        words = tr_noop("“{file}” lacks columns that “{first}” has: {names}.")
        raise DataError(message(words, file=name, first=file.name, names=listed))
    cells = [rows.column(rows.names.index(item.name)) if item.usable else () for item in file.columns]
    found = [
        Values(column, values_of(column, given) if column.usable else np.full(len(rows.numbers), np.nan))
        for column, given in zip(file.columns, cells, strict=True)
    ]
    used = used_rows(found, file.reading.missing)
    if not used.any():
        words = tr_noop("“{file}” has no row without missing values, read as “{first}”.")
        raise DataError(message(words, file=name, first=file.name))
    record = SeparateTest(
        path=path,
        sha256=sha256_of(data),
        rows=int(used.sum()),
        columns=tuple(_counted(item.column, item.values[used]) for item in found if item.column.usable),
    )
    values = np.stack([item.values[used] for item in found], axis=1)
    lines = np.array(rows.numbers, np.int64)[used]
    return FoundTest(record, values, lines, tuple(_remarks(name, file, found, cells, int((~used).sum()))))


def known_test(file: TableFile) -> FoundTest:
    """The test rows as they were when the file was chosen.

    Raises:
        DataError: it cannot be read, or has changed since it was chosen.
    """
    assert file.tested is not None
    found = found_test(file.tested.path, file)
    if found.record != file.tested:
        raise DataError(changed_since_chosen(file.tested.path))
    return found


def _reading(data: bytes, name: str, reading: TableReading) -> TableReading:
    """The layout of the first file; the only sheet of a spreadsheet may have another name."""
    form = table_form(name, data)
    if form != reading.form:
        raise Damaged(name, message("it is a file of another kind than the table to train with"))
    if form == "sheet" and len(sheets := Workbook(data, name).sheets) == 1:
        return reading.with_(sheet=sheets[0])
    return reading


def _counted(column: Column, values: Floats) -> SeparateColumn:
    """How many of the values (N,) are missing, and how many are in each category."""
    there = values[~np.isnan(values)]
    if column.kind == "category":
        counts = np.bincount(there.astype(np.int64), minlength=len(column.categories)).tolist()
    else:
        counts = [int((there == float(name)).sum()) for name in column.categories]
    return SeparateColumn(missing=len(values) - len(there), counts=tuple(counts))


def _remarks(
    name: str, file: TableFile, found: Sequence[Values], cells: Sequence[Sequence[str]], left_out: int
) -> list[Message]:
    """Remarks on rows that are left out, and on categories that the first file does not have."""
    told = []
    if left_out:
        words = tr_noop("{count:,} rows of the test file “{tested}” are left out, because they lack a value.")
        told.append(message(words, count=left_out, tested=name))
    for item, given in zip(found, cells, strict=True):
        if item.column.kind != "category" or not item.column.usable:
            continue
        unknown = [given[row] for row in np.flatnonzero(np.isnan(item.values)).tolist() if not is_missing(given[row])]
        if unknown:
            words = tr_noop(
                "In {count:,} rows of the test file “{tested}”, {column} is none of the categories of “{file}”, such "
                "as “{cell}”: read as missing."
            )
            values = {"count": len(unknown), "tested": name, "column": item.column.name, "cell": unknown[0][:200]}
            told.append(message(words, file=file.name, **values))
    return told
