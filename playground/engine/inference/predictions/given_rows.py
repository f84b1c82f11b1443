"""Predictions for rows that another program gives, as mappings from names of columns to values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from playground.engine.data.formats.delimited import Rows
from playground.engine.data.formats.typed_rows import typed_cell
from playground.engine.inference.predictions.prediction import Prediction
from playground.engine.inference.predictions.table_rows import answered_rows
from playground.engine.weights import Trained
from playground.spec.data.table_reading import TableReading
from playground.spec.datasets.table import Table


def row_answers(trained: Trained, rows: Sequence[Mapping[str, object]]) -> list[Prediction]:
    """The answer for each row; names of columns count whatever their case, and further ones are ignored.

    No row decides how another is read. A value is a number, a text, a date, or None where it is missing, as is a column
    that is left out.

    Raises:
        DataError: the network does not say how to scale rows.
    """
    data = trained.experiment.data
    assert isinstance(data, Table)
    names = tuple(column.name for column in data.inputs)
    cells = [_cells(row, names) for row in rows]
    columns = tuple(list(column) for column in zip(*cells, strict=True))
    found = Rows(names, columns, list(range(1, len(rows) + 1)), TableReading(form="json lines"))
    return list(answered_rows(trained, found, range(len(names)), "", apart=True)) if rows else []


def _cells(row: Mapping[str, object], names: Sequence[str]) -> list[str]:
    folded = {name.casefold(): value for name, value in row.items()}
    return [typed_cell(row.get(name, folded.get(name.casefold()))) for name in names]
