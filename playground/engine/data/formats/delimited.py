"""Reads rows of cells from delimited text, as a `TableReading` says."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from playground.engine.data.formats.damage import Damaged
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.aligned_cells import aligned_lines
from playground.spec.data.column_names import column_names
from playground.spec.data.skipped import SkippedKind, Skips
from playground.spec.data.table_reading import ALIGNED, BLANKS, TableReading
from playground.spec.data.table_summary import MOST_COLUMNS
from playground.spec.messages import message

MOST_CELLS = 3_000_000  # limits the memory, of which cells take many times the size of the file
SAMPLED = 200  # rows from which separator, width and header are detected
_PIECE = 2**18  # characters that are split into lines at once, extended to the end of a line
_ROWS = 2_000  # that are turned into columns at once; more than `SAMPLED`
_LINE_END = re.compile("\r\n|\n|\r")

Numbered = list[tuple[int, list[str]]]  # the cells of rows, each with the number of its last line in the file


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of as many cells as there are columns: the names and cells of these, and the line of each row, from 1.

    They are kept by columns: a list for each of 100,000 rows keeps the garbage collector busy for seconds.
    """

    names: tuple[str, ...]
    columns: tuple[list[str], ...]
    numbers: list[int]
    reading: TableReading

    def column(self, index: int) -> list[str]:
        """The cells of a column."""
        return self.columns[index]

    def row(self, index: int) -> tuple[str, ...]:
        """The cells of a row."""
        return tuple(column[index] for column in self.columns)

    def by_row(self) -> Iterator[tuple[str, ...]]:
        """The cells of each row."""
        return zip(*self.columns, strict=True)


def rows(text: str, reading: TableReading, file: str, skips: Skips) -> Rows:
    """Split a text into rows of cells; rows with more or fewer cells than most are skipped.

    Raises:
        Damaged: it is not a table.
    """
    reader = _reader(text, reading)
    columns: tuple[list[str], ...] = ()
    numbers: list[int] = []
    others: list[tuple[int, int]] = []  # line and number of cells of rows that are skipped
    try:
        for lines_read, found in _pieces(reader, reading, skips):
            columns = columns or tuple([] for _ in range(_usual_width(found, file)))
            width = len(columns)
            numbers += [line for line, cells in zip(lines_read, found, strict=True) if len(cells) == width]
            kept = [cells for cells in found if len(cells) == width]
            for column, piece in zip(columns, zip(*kept, strict=True), strict=False):  # there is no piece without rows
                column.extend(map(str.strip, piece))
            if len(kept) < len(found):
                counted = zip(lines_read, map(len, found), strict=True)
                others += [(line, count) for line, count in counted if count != width]
    except csv.Error as error:
        words = message("line {line:,} cannot be read ({reason})", line=reader.line_num, reason=error)
        raise Damaged(file, words) from error
    if not columns:
        raise Damaged(file, message("it has separators, but no values between them"))
    for line, count in others:
        skips.add_row(line, message("{count} cells instead of {width}", count=count, width=len(columns)))
    return _below_names(columns, numbers, reading)


def named(found: Numbered, reading: TableReading) -> Rows:
    """Rows of the same width, with the names of their columns."""
    columns = tuple(map(list, zip(*(cells for _, cells in found), strict=True)))
    return _below_names(columns, [line for line, _ in found], reading)


def _below_names(columns: tuple[list[str], ...], numbers: list[int], reading: TableReading) -> Rows:
    """The same rows, of which the first ones are the names."""
    count = reading.header
    header = [list(cells) for cells in zip(*(column[:count] for column in columns), strict=True)]
    names = column_names(header, len(columns)) if len(header) == count else []
    return Rows(tuple(names), tuple(column[count:] for column in columns), numbers[count:], reading)


def ensure_usable_width(width: int, file: str) -> None:
    """Raise Damaged if a table has more columns than can be used."""
    if width > MOST_COLUMNS:
        raise Damaged(
            file, message("it has {count:,} columns; at most {most:,} can be used", count=width, most=MOST_COLUMNS)
        )


def _usual_width(found: Sequence[list[str]], file: str) -> int:
    """The number of cells of most of the first rows; raises Damaged if there are too many."""
    width = Counter(map(len, found[:SAMPLED])).most_common(1)[0][0]
    ensure_usable_width(width, file)
    return width


def sample(text: str, reading: TableReading) -> list[list[str]]:
    """The first rows that are not empty.

    Raises:
        csv.Error: they cannot be read.
    """
    return [cells for _, cells in islice(numbered_rows(text, reading), SAMPLED)]


def numbered_rows(text: str, reading: TableReading) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with the number of its last line.

    Raises:
        csv.Error: they cannot be read.
    """
    reader = _reader(text, reading)
    unnamed = reading.unnamed_first
    for cells in reader:
        if any(cells):
            yield reader.line_num, _cells(["", *cells] if unnamed else cells, reading)
            unnamed = False


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
    changes = reading.before or reading.comment or reading.separator == BLANKS
    some = _kept_lines(text, reading) if changes else lines(text)
    if reading.separator == ALIGNED:
        return csv.reader(aligned_lines(some), delimiter="\t", skipinitialspace=True)
    return csv.reader(some, delimiter=reading.separator, skipinitialspace=True)


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


def _pieces(reader: Any, reading: TableReading, skips: Skips) -> Iterator[tuple[list[int], list[list[str]]]]:
    """All rows that are not empty, `_ROWS` at a time, and the number of the last line of each.

    Raises:
        csv.Error: they cannot be read.
    """
    cells_left, unnamed = MOST_CELLS, reading.unnamed_first
    numbers: list[int] = []
    found: list[list[str]] = []
    for cells in reader:
        if not any(cells):
            continue
        cells_left -= len(cells)
        if cells_left < 0:
            words = message("only the first {count:,} cells are read", count=MOST_CELLS)
            skips.add(SkippedKind.REST, f"row {reader.line_num:,} …", words)
            break
        if reading.ends_with_separator and not cells[-1].strip():
            del cells[-1]
        numbers.append(reader.line_num)
        found.append(["", *cells] if unnamed else cells)
        unnamed = False
        if len(found) == _ROWS:
            yield numbers, found
            numbers, found = [], []
    if found:
        yield numbers, found
