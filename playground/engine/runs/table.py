"""The table of runs as CSV, for spreadsheets and other programs."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

from playground.engine.runs.index import RunRow

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for the beginning of one
COLUMNS = tuple(name for name in RunRow._fields if name != "damaged")


def runs_table(rows: Iterable[RunRow]) -> str:
    """One line for each run, after a line with the columns of `RunRow`; empty where a value is unknown.

    Numbers are plain: scores as fractions of 1, `seconds` in seconds, times in UTC. Damaged runs are left out, and
    nothing names a file or a folder of this machine. A text that a spreadsheet would take for a formula begins with an
    apostrophe.
    """
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        if not row.damaged:
            values = row._asdict()
            writer.writerow(_cell(values[name]) for name in COLUMNS)
    return text.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value
