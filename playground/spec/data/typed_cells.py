"""Reads files whose cells have types: spreadsheets, Parquet and JSON lines. Exported programs contain copies of this.

python-calamine reads spreadsheets: 3 MB, imported in 0.1 s. Dates, booleans, cached results of formulas and texts such
as “007” are read as they are in .xlsx and .ods alike. pandas reads “007” as 7 and takes 2 s, openpyxl takes 1.2 s and
reads no .ods. Parquet needs pyarrow (170 MB, 0.8 s; polars is as large, fastparquet needs pandas), so that it is an
extra, `playground[tables]`.
"""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO
from typing import Any


def sheet_rows(data: bytes, sheet: str) -> list[list[Any]]:
    """The rows of values of a sheet in an .xlsx or .ods file, without empty rows and columns before the first value."""
    from python_calamine import load_workbook

    rows: list[list[Any]] = load_workbook(BytesIO(data)).get_sheet_by_name(sheet).to_python()
    return rows


def parquet_rows(data: bytes) -> list[list[Any]]:
    """The names of the columns of a Parquet file, and its rows of values; times are in UTC.

    Columns of lists, objects or bytes are left out.
    """
    import pyarrow
    from pyarrow.parquet import ParquetFile

    table = ParquetFile(BytesIO(data), page_checksum_verification=True).read()
    kinds = pyarrow.types
    several = (kinds.is_nested, kinds.is_binary, kinds.is_large_binary, kinds.is_fixed_size_binary)
    names, columns = [], []
    for name, column in zip(table.column_names, table.columns, strict=True):
        if any(holds(column.type) for holds in several):
            continue
        names.append(name)
        if kinds.is_timestamp(column.type):  # as a text, because Python has no nanoseconds
            column = column.cast(pyarrow.timestamp("us"), safe=False).cast(pyarrow.string())
        columns.append(column.to_pylist())
    return [names, *map(list, zip(*columns, strict=True))]


def json_rows(data: bytes) -> list[list[Any]]:
    """The keys of the objects, one a line, in the order of their first appearance, and a row of values for each.

    Keys that hold a list or an object in any line are left out.
    """
    records = [json.loads(line) for line in data.decode("utf-8-sig").split("\n") if line.strip()]
    nested = {key for record in records for key, value in record.items() if isinstance(value, dict | list)}
    keys = [key for key in dict.fromkeys(key for record in records for key in record) if key not in nested]
    return [keys, *([record.get(key) for key in keys] for record in records)]


def cell_text(value: Any) -> str:
    """A value as text: numbers with a point, durations in days, dates as in ISO 8601, empty where there is none."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, timedelta):
        value = value / timedelta(days=1)
    if value is None or value != value:  # NaN
        return ""
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
