"""Reads the rows of a table's file, whatever its form: delimited text, a spreadsheet, Parquet or JSON lines."""

from __future__ import annotations

from playground.engine.data.formats.delimited import Rows, rows
from playground.engine.data.formats.encoding import decoded
from playground.engine.data.formats.layout import found_rows
from playground.engine.data.formats.typed_rows import found_typed_rows, typed_rows
from playground.spec.data.skipped import Skips
from playground.spec.data.table_reading import ReadingChoice, TableReading
from playground.spec.files.file_kind import table_form
from playground.spec.messages import Message


def found_table(
    data: bytes, file: str, choice: ReadingChoice, skips: Skips, usual_sheet: str = ""
) -> tuple[Rows, list[Message]]:
    """The rows, read as the file's contents and `choice` say, and remarks on what was decided.

    usual_sheet: of a spreadsheet, taken instead of its first one where it has one of that name.

    Raises:
        Damaged: it is not a table.
    """
    form = table_form(file, data)
    if form != "text":
        return found_typed_rows(data, file, form, choice, skips, usual_sheet)
    text, encoding = decoded(data, file, choice.encoding)
    return found_rows(text, choice, encoding, file, skips)


def known_table(data: bytes, file: str, reading: TableReading, skips: Skips) -> Rows:
    """The rows of a file that is known.

    Raises:
        Damaged: it is not a table.
    """
    if reading.form != "text":
        return typed_rows(data, file, reading, skips)
    return rows(decoded(data, file, reading.encoding)[0], reading, file, skips)
