"""The table of runs as CSV, for spreadsheets and other programs."""

from __future__ import annotations

from collections.abc import Iterable

from playground.engine.runs.index import RunRow
from playground.spec.files.csv_text import csv_text

COLUMNS = tuple(name for name in RunRow._fields if name != "damaged")


def runs_table(rows: Iterable[RunRow]) -> str:
    """One line for each run, after a line with the columns of `RunRow`; empty where a value is unknown.

    `measured_on` says of which data score and loss are. Numbers are plain: scores as fractions of 1, `seconds` in
    seconds, times in UTC. Damaged runs are left out, and nothing names a file or a folder of this machine. See
    `csv_text` for formulas.
    """
    return csv_text(COLUMNS, ([row._asdict()[name] for name in COLUMNS] for row in rows if not row.damaged))
