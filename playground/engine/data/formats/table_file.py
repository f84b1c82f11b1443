"""Reads the rows of a table's file, whatever its form: delimited text, a spreadsheet, Parquet or JSON lines."""

from __future__ import annotations

from typing import NamedTuple

from playground.engine.data.formats.delimited import Rows, rows
from playground.engine.data.formats.encoding import REPLACEMENT, decoded, reading_of, without_meaning
from playground.engine.data.formats.layout import found_rows
from playground.engine.data.formats.one_column import one_column
from playground.engine.data.formats.typed_rows import found_typed_rows, typed_rows
from playground.spec.data.skipped import Skips
from playground.spec.data.table_reading import ReadingChoice, TableReading
from playground.spec.files.file_kind import table_form
from playground.spec.messages import Message


class OnlyColumn(NamedTuple):
    """The one column that is asked for: a file that has nothing else is a table as well."""

    name: str
    texts: bool = False  # whether its cells are texts


def found_table(
    data: bytes,
    file: str,
    choice: ReadingChoice,
    skips: Skips,
    usual_sheet: str = "",
    only: OnlyColumn | None = None,
) -> tuple[Rows, list[Message]]:
    """The rows, read as the file's contents and `choice` say, and remarks on what was decided.

    usual_sheet: of a spreadsheet, taken instead of its first one where it has one of that name.
    only: what is asked for, if that is one column; without it, a table has at least two.

    Raises:
        Damaged: it is not a table.
    """
    form = table_form(file, data)
    if form != "text":
        return found_typed_rows(data, file, form, choice, skips, usual_sheet)
    encoding, doubt = (choice.encoding, None) if choice.encoding else reading_of(data, file)
    text, _ = decoded(data, file, encoding)
    damaged = text.count(REPLACEMENT)
    told = [*([doubt] if doubt else []), *([without_meaning(damaged, file, encoding)] if damaged else [])]
    if only is not None and choice.separator is None:
        alone = one_column(text, only.name, encoding, file, skips, texts=only.texts)
        if alone is not None:
            return alone, told
    found, remarks = found_rows(text, choice, encoding, file, skips)
    return found, [*told, *remarks]


def known_table(data: bytes, file: str, reading: TableReading, skips: Skips) -> Rows:
    """The rows of a file that is known.

    Raises:
        Damaged: it is not a table.
    """
    if reading.form != "text":
        return typed_rows(data, file, reading, skips)
    return rows(decoded(data, file, reading.encoding)[0], reading, file, skips)
