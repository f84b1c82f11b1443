"""Reads rows of cells from delimited text; detects the separator and whether there is a header."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.numbers import number
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.skipped import SkippedKind, Skips
from playground.spec.data.table_summary import MOST_COLUMNS
from playground.spec.messages import message

SEPARATORS = (",", ";", "\t", "|")
MOST_CELLS = 3_000_000  # limits the memory, of which cells take many times the size of the file
_PIECE = 2**18  # characters that are split into lines at once, extended to the end of a line
_SAMPLED = 200  # rows from which separator, width and header are detected


@dataclass(frozen=True, slots=True)
class Rows:
    """Names of the columns, and rows of as many cells, with the line number of each in the file, from 1."""

    names: tuple[str, ...]
    cells: list[list[str]]
    numbers: list[int]
    separator: str
    begin: int  # rows before the first of them: 1 where there is a header, else 0


def rows(text: str, file: str, skips: Skips) -> Rows:
    """Split a text into rows of cells; rows with more or fewer cells than most are skipped.

    Raises:
        Damaged: it is not a table.
    """
    separator = _separator(text)
    if separator is None:
        raise Damaged(
            file, message("it is not a table: columns should be separated by a comma, a semicolon, a tab or “|”")
        )
    found = _read(text, separator, file, skips)
    if not found:
        raise Damaged(file, message("it has separators, but no values between them"))
    width = Counter(len(cells) for _, cells in found[:_SAMPLED]).most_common(1)[0][0]
    if width > MOST_COLUMNS:
        raise Damaged(
            file, message("it has {count:,} columns; at most {most:,} can be used", count=width, most=MOST_COLUMNS)
        )
    kept = []
    for line, cells in found:
        if len(cells) == width:
            kept.append((line, cells))
        else:
            skips.add(
                SkippedKind.ROW,
                f"row {line:,}",
                message("{count} cells instead of {width}", count=len(cells), width=width),
            )
    names, first = _header(kept, separator)
    body = kept[first:]
    return Rows(names, [cells for _, cells in body], [line for line, _ in body], separator, first)


def _separator(text: str) -> str | None:
    """The separator that splits most rows into the same number of cells, above one; of equals, into more cells."""
    best, found = (0.0, 1), None
    for separator in SEPARATORS:
        try:
            some: list[list[str]] = [cells for cells in islice(_reader(text, separator), _SAMPLED) if cells]
        except csv.Error:
            continue
        widths = Counter(len(cells) for cells in some)
        for width, count in widths.most_common(1):
            score = (round(count / len(some), 1), width)
            if width > 1 and score > best:
                best, found = score, separator
    return found


def _reader(text: str, separator: str) -> Any:
    return csv.reader(_lines(text), delimiter=separator, skipinitialspace=True)


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends, piece by piece: one `StringIO` of 100 MB would hold the global lock for a second.

    Raises:
        Cancelled: see `stop_if_cancelled`.
    """
    begin = 0
    while begin < len(text):
        stop_if_cancelled()
        end = text.find("\n", begin + _PIECE) + 1 or len(text)
        yield from io.StringIO(text[begin:end], newline="")
        begin = end


def _read(text: str, separator: str, file: str, skips: Skips) -> list[tuple[int, list[str]]]:
    """All rows that are not empty, each with the number of its last line in the file."""
    reader, cells_left = _reader(text, separator), MOST_CELLS
    found: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            if not any(cells):
                continue
            cells_left -= len(cells)
            if cells_left < 0:
                words = message("only the first {count:,} cells are read", count=MOST_CELLS)
                skips.add(SkippedKind.REST, f"row {reader.line_num:,} …", words)
                break
            found.append((reader.line_num, [cell.strip() for cell in cells]))
    except csv.Error as error:
        words = message("line {line:,} cannot be read ({reason})", line=reader.line_num, reason=error)
        raise Damaged(file, words) from error
    return found


def _header(found: list[tuple[int, list[str]]], separator: str) -> tuple[tuple[str, ...], int]:
    """The names of the columns, and the index of the first row of values.

    The first row is a header if none of its cells is a number or occurs again below in the same column.
    """
    first = found[0][1]
    below = found[1 : 1 + _SAMPLED]
    named = all(first) and len(set(first)) == len(first)
    if named and not any(number(cell, separator) is not None for cell in first):
        again = any(cell == cells[column] for column, cell in enumerate(first) for _, cells in below)
        if not again:
            return tuple(name[:200] for name in first), 1
    return tuple(f"column {column + 1}" for column in range(len(first))), 0
