"""CSV for spreadsheets and other programs."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from io import StringIO

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for the beginning of one
_NUMBER = re.compile(r"[+-]?[\d.,' ]*\d[\d.,' ]*(?:[eE][+-]?\d+)?\s*%?")


def csv_text(columns: Iterable[str], rows: Iterable[Iterable[object]], separator: str = ",", decimal: str = ".") -> str:
    """One line for each row, after a line with the names of the columns; empty where a value is None.

    Numbers have as many digits as they need to be read as the same value. A text that a spreadsheet would take for a
    formula begins with an apostrophe; a number does not.
    """
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n", delimiter=separator)
    writer.writerow(map(_cell, columns))
    for row in rows:
        cells = map(_cell, row)
        writer.writerow(str(cell).replace(".", decimal) if isinstance(cell, float) else cell for cell in cells)
    return text.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return "" if value is None else value
