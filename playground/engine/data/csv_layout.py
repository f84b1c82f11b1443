"""How a table is written, so that tables made of it can be written alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from playground.engine.data.formats.delimited import Rows
from playground.engine.data.formats.notation import notation_of
from playground.engine.data.formats.numbers import present
from playground.spec.data.dataset import Dataset
from playground.spec.data.table_reading import TableReading
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.datasets.table import Table

_WRITTEN = ",;\t|"  # separators that are kept: others occur in numbers and texts


class CsvLayout(NamedTuple):
    """How the numbers of a table are written and its cells separated.

    `marked`: its text is in another encoding than UTF-8, or in UTF-8 with a byte order mark. A program that writes such
    tables, as Excel does, needs the mark to recognise UTF-8.
    """

    separator: str = ","
    decimal: str = "."
    marked: bool = False


def layout_of(rows: Rows) -> CsvLayout:
    """How a table is written; as usual where it has no text."""
    return _layout(rows.reading, (notation_of(present(column)).decimal for column in rows.columns))


def layout_of_data(data: Dataset) -> CsvLayout:
    """How the table of a data set is written; as usual where it has none."""
    if isinstance(data, Table):
        fractions = (item for item in data.source.columns if item.kind == "number" and not item.whole)
        return _layout(data.source.reading, (item.notation.decimal for item in fractions))
    return _layout(data.source.reading, ()) if isinstance(data, LabelledTexts) else CsvLayout()


def _layout(reading: TableReading, decimals: Iterable[str]) -> CsvLayout:
    """The decimal sign is that of most columns in which one occurs; of none, a comma where semicolons separate."""
    if reading.form != "text":
        return CsvLayout()
    separator, signs = reading.separator, list(decimals)
    found = max(".,", key=signs.count)
    if not signs.count(found):
        found = "," if separator == ";" else "."
    if separator not in _WRITTEN:
        separator = ";" if found == "," else ","
    return CsvLayout(separator, found, reading.encoding != "utf-8")
