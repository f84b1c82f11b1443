"""The table of runs as CSV, for spreadsheets and other programs."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

from playground.engine.runs.index import RunRow

COLUMNS = tuple(name for name in RunRow._fields if name != "damaged")


def runs_table(rows: Iterable[RunRow]) -> str:
    """One line for each run, after a line with the columns of `RunRow`; empty where a value is unknown.

    Numbers are plain: scores as fractions of 1, `seconds` in seconds, times in UTC. Damaged runs are left out, and
    nothing names a file or a folder of this machine.
    """
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        if not row.damaged:
            values = row._asdict()
            writer.writerow("" if values[name] is None else values[name] for name in COLUMNS)
    return text.getvalue()
