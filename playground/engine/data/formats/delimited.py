"""Reads rows of cells from delimited text, as a `TableReading` says."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from playground.engine.data.formats.damage import Damaged
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.column_names import column_names
from playground.spec.data.skipped import SkippedKind, Skips
from playground.spec.data.table_reading import BLANKS, TableReading
from playground.spec.data.table_summary import MOST_COLUMNS
from playground.spec.messages import message

MOST_CELLS = 3_000_000  # limits the memory, of which cells take many times the size of the file
SAMPLED = 200  # rows from which separator, width and header are detected
_PIECE = 2**18  # characters that are split into lines at once, extended to the end of a line
_LINE_END = re.compile("\r\n|\n|\r")

Numbered = list[tuple[int, list[str]]]  # the cells of rows, each with the number of its last line in the file


@dataclass(frozen=True, slots=True)
class Rows:
    """Names of the columns, and rows of as many cells, with the line number of each in the file, from 1."""

    names: tuple[str, ...]
    cells: list[list[str]]
    numbers: list[int]
    reading: TableReading

    def column(self, index: int) -> list[str]:
        """The cells of a column."""
        return [cells[index] for cells in self.cells]


def rows(text: str, reading: TableReading, file: str, skips: Skips) -> Rows:
    """Split a text into rows of cells; rows with more or fewer cells than most are skipped.

    Raises:
        Damaged: it is not a table.
    """
    return named(whole_rows(text, reading, file, skips), reading)


def named(found: Numbered, reading: TableReading) -> Rows:
    """Rows of the same width, with the names of their columns."""
    header = [cells for _, cells in found[: reading.header]]
    names = column_names(header, len(found[0][1])) if len(header) == reading.header else []
    body = found[reading.header :]
    return Rows(tuple(names), [cells for _, cells in body], [line for line, _ in body], reading)


def whole_rows(text: str, reading: TableReading, file: str, skips: Skips) -> Numbered:
    """All rows, header included, of as many cells as most; at least one.

    Raises:
        Damaged: it is not a table.
    """
    found = _read(text, reading, file, skips)
    if not found:
        raise Damaged(file, message("it has separators, but no values between them"))
    width = Counter(len(cells) for _, cells in found[:SAMPLED]).most_common(1)[0][0]
    if width > MOST_COLUMNS:
        raise Damaged(
            file, message("it has {count:,} columns; at most {most:,} can be used", count=width, most=MOST_COLUMNS)
        )
    kept = []
    for line, cells in found:
        if len(cells) == width:
            kept.append((line, cells))
        else:
            skips.add_row(line, message("{count} cells instead of {width}", count=len(cells), width=width))
    return kept


def sample(text: str, reading: TableReading) -> list[list[str]]:
    """The first rows that are not empty.

    Raises:
        csv.Error: they cannot be read.
    """
    found = (_cells(cells, reading) for cells in _reader(text, reading) if any(cells))
    return list(islice(found, SAMPLED))


def lines(text: str) -> Iterator[str]:
    """Lines with their ends, piece by piece: one `StringIO` of 100 MB would hold the global lock for a second.

    Raises:
        Cancelled: see `stop_if_cancelled`.
    """
    begin = 0
    while begin < len(text):
        stop_if_cancelled()
        found = _LINE_END.search(text, begin + _PIECE)
        end = found.end() if found else len(text)
        yield from io.StringIO(text[begin:end], newline="")
        begin = end


def _reader(text: str, reading: TableReading) -> Any:
    return csv.reader(_kept_lines(text, reading), delimiter=reading.separator, skipinitialspace=True)


def _kept_lines(text: str, reading: TableReading) -> Iterator[str]:
    """The lines that a reader of cells gets; an empty one for each that is skipped, so that it counts them."""
    for number, line in enumerate(lines(text)):
        if number < reading.before or (reading.comment and line.lstrip().startswith(reading.comment)):
            yield "\n"
        else:
            yield line.replace("\t", " ").strip() if reading.separator == BLANKS else line


def _cells(cells: list[str], reading: TableReading) -> list[str]:
    stripped = [cell.strip() for cell in cells]
    return stripped[:-1] if reading.ends_with_separator and not stripped[-1] else stripped


def _read(text: str, reading: TableReading, file: str, skips: Skips) -> Numbered:
    """All rows that are not empty."""
    reader, cells_left = _reader(text, reading), MOST_CELLS
    found: Numbered = []
    try:
        for cells in reader:
            if not any(cells):
                continue
            cells_left -= len(cells)
            if cells_left < 0:
                words = message("only the first {count:,} cells are read", count=MOST_CELLS)
                skips.add(SkippedKind.REST, f"row {reader.line_num:,} …", words)
                break
            found.append((reader.line_num, _cells(cells, reading)))
    except csv.Error as error:
        words = message("line {line:,} cannot be read ({reason})", line=reader.line_num, reason=error)
        raise Damaged(file, words) from error
    return found
