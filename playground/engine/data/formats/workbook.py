"""Checks and reads spreadsheets (.xlsx, .ods).

calamine ends the whole process where its memory does not suffice (calamine #433, #684). Therefore the sizes and cell
references in a file are checked before it is given to it.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.missing_library import missing_library
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.table_reading import LONGEST_SHEET
from playground.spec.messages import Message, message, tr_noop
from playground.spec.number_text import bytes_text

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

_MOST_UNPACKED = 500_000_000  # bytes
_MOST_AREA = 10_000_000  # cells between the first one and the last, empty ones included
_PIECE = 2**22  # bytes that are searched at once
_REFERENCE = re.compile(rb"""\br\s*=\s*["']\$?([A-Za-z]{1,9})\$?([0-9]{1,12})["']""")
_COUNT = re.compile(rb"""[cC]ount\s*=\s*["']([0-9]+)["']""")
_HIDDEN = re.compile(rb"""<row\b[^>]*\bhidden=["'](?:1|true)["']""")
_OVERLAP = 400  # bytes of a piece that are searched again with the next one


class Workbook:
    """The sheets of a spreadsheet.

    Raises:
        Damaged: it cannot be read, is too large or protected; or python-calamine is missing.
    """

    def __init__(self, data: bytes, file: str) -> None:
        self._data, self._file, self._hidden = data, file, False
        try:
            from python_calamine import SheetTypeEnum, load_workbook
        except ImportError as error:
            raise missing_library(file, "python-calamine") from error
        self._ensure_sound()
        self._read: dict[str, CalamineSheet] = {}
        self._book = self._guarded(lambda: load_workbook(BytesIO(data)))
        found = self._book.sheets_metadata
        self.sheets = tuple(item.name for item in found if item.typ == SheetTypeEnum.WorkSheet)  # their names
        if not self.sheets or any(len(name) > LONGEST_SHEET for name in self.sheets):
            raise Damaged(file, message("it has no sheet with a table"))

    def rows(self, sheet: str) -> tuple[int, list[list[Any]]]:
        """The number of the first row, from 1, and the rows of values."""
        if sheet not in self.sheets:
            raise Damaged(self._file, message("it has no sheet “{name}”", name=sheet))
        opened = self._opened(sheet)
        start = opened.start
        return (start[0] if start else 0) + 1, self._guarded(opened.to_python)

    def remarks(self, sheet: str) -> list[Message]:
        """Remarks on a sheet that its values alone do not show."""
        found = []
        merged = self._opened(sheet).merged_cell_ranges
        if merged:
            words = tr_noop(
                "Merged cells, as in row {row:,}, have a value in the first of them only: the others are empty."
            )
            found.append(message(words, row=merged[0][0][0] + 1))
        if self._hidden:
            found.append(message("Hidden rows, of which this file has some, are read like all others."))
        return found

    def _opened(self, sheet: str) -> CalamineSheet:
        """A sheet with its values, which are read once."""
        if sheet not in self._read:
            self._read[sheet] = self._guarded(lambda: self._book.get_sheet_by_name(sheet))
        return self._read[sheet]

    def _guarded(self, action: Any) -> Any:
        """The result; what calamine raises, panics of Rust included, means a damaged file, unless memory is short."""
        try:
            return action()
        except MemoryError:
            raise
        except Exception as error:
            raise self._damaged() from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # it cannot be imported
                raise
            raise self._damaged() from error

    def _protected(self) -> Damaged:
        return Damaged(self._file, message("it is protected with a password: save a copy without one"))

    def _damaged(self) -> Damaged:
        return Damaged(self._file, message("it is damaged: its sheets cannot be read"))

    def _ensure_sound(self) -> None:
        if self._data.startswith(b"\xd0\xcf\x11\xe0"):  # a container of old Office files
            if "EncryptedPackage".encode("utf-16-le") in self._data:
                raise self._protected()
            raise Damaged(self._file, message("it is a table of an old Excel: save it as .xlsx or CSV"))
        try:
            with ZipFile(BytesIO(self._data)) as archive:
                self._ensure_bounds(archive)
        except (BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, expat.ExpatError) as error:
            raise self._damaged() from error

    def _ensure_bounds(self, archive: ZipFile) -> None:
        parts = archive.infolist()
        if any(part.flag_bits & 1 for part in parts):
            raise self._protected()
        size = sum(part.file_size for part in parts)
        if size > _MOST_UNPACKED:
            words = tr_noop("it takes {size} when it is unpacked; at most {most} are read")
            raise Damaged(self._file, message(words, size=bytes_text(size), most=bytes_text(_MOST_UNPACKED)))
        for part in parts:
            pieces = _pieces(archive, part.filename)
            if part.filename == "META-INF/manifest.xml" and b"encryption-data" in b"".join(pieces):
                raise self._protected()
            if part.filename == "content.xml":
                self._ensure_area(*_reach_of_ods(pieces))
            elif part.filename.lower().startswith("xl/") and part.filename.lower().endswith(".xml"):
                self._ensure_reach(pieces, part.file_size, sheet="worksheets/" in part.filename.lower())
            for _ in pieces:
                pass  # to its end, where its checksum is compared

    def _ensure_reach(self, pieces: Iterator[bytes], size: int, *, sheet: bool) -> None:
        rows, columns, before = 0, 0, b""
        for piece in pieces:
            stop_if_cancelled()
            text = before + piece
            if any(int(count) > size for count in _COUNT.findall(text)):
                raise self._damaged()  # more items than bytes
            if sheet:
                found = _REFERENCE.findall(text)
                columns = max([columns, *map(_column_number, {name for name, _ in found})])
                rows = max([rows, *map(int, {number for _, number in found})])
                self._hidden |= _HIDDEN.search(text) is not None
            before = piece[-_OVERLAP:]
        self._ensure_area(rows, columns)

    def _ensure_area(self, rows: int, columns: int) -> None:
        if rows * columns > _MOST_AREA:
            words = tr_noop(
                "its cells reach to row {row:,} and column {column:,}: delete what lies outside the table, "
                "or save it as CSV"
            )
            raise Damaged(self._file, message(words, row=rows, column=columns))


def _pieces(archive: ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as part:
        while piece := part.read(_PIECE):
            yield piece


def _column_number(letters: bytes) -> int:
    """The number of a column, from 1, by its letters."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number


def _reach_of_ods(pieces: Iterator[bytes]) -> tuple[int, int]:
    """The last row and column of the largest sheet that hold a value, repeated ones included."""
    reach = _Reach()
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reach.begin, reach.end
    for piece in pieces:
        stop_if_cancelled()
        parser.Parse(piece)
    parser.Parse(b"", True)
    return reach.rows, reach.columns


class _Reach:
    """Follows the tags of an .ods file."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self._row = self._column = self._last = 0

    def begin(self, tag: str, given: dict[str, str]) -> None:
        if tag == "table:table":
            self._row = 0
        elif tag == "table:table-row":
            self._column = self._last = 0
            self._row += int(given.get("table:number-rows-repeated", 1))
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._column += int(given.get("table:number-columns-repeated", 1))
            if "office:value-type" in given or "table:formula" in given:
                self._last = self._column
        elif tag == "text:p":
            self._last = self._column

    def end(self, tag: str) -> None:
        if tag == "table:table-row" and self._last:
            self.rows, self.columns = max(self.rows, self._row), max(self.columns, self._last)
