"""Checks and reads Parquet files."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.delimited import MOST_CELLS
from playground.engine.data.formats.missing_library import missing_library
from playground.spec.data.typed_cells import parquet_rows
from playground.spec.messages import message, tr_noop

_MOST_UNPACKED = 1_000_000_000  # bytes


def parquet(data: bytes, file: str) -> list[list[Any]]:
    """The names of the columns, and the rows of values.

    Raises:
        Damaged: it cannot be read, is too large, or a column holds lists, objects or bytes.
    """
    try:
        import pyarrow
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise missing_library(file, "pyarrow") from error
    try:
        opened = ParquetFile(BytesIO(data))
        facts, schema = opened.metadata, opened.schema_arrow
        size = sum(facts.row_group(at).total_byte_size for at in range(facts.num_row_groups))
        if facts.num_rows * len(schema) > MOST_CELLS or size > _MOST_UNPACKED:
            words = tr_noop("it has {rows:,} rows and {columns:,} columns; at most {most:,} cells can be read")
            raise Damaged(file, message(words, rows=facts.num_rows, columns=len(schema), most=MOST_CELLS))
        for column in schema:
            if pyarrow.types.is_nested(column.type) or _holds_bytes(column.type):
                words = tr_noop("its column “{column}” holds lists, objects or bytes, and not one value a row")
                raise Damaged(file, message(words, column=column.name[:200]))
        return parquet_rows(data)
    except (pyarrow.ArrowException, OSError, ValueError, OverflowError, MemoryError) as error:
        raise Damaged(file, message("it is damaged: its columns cannot be read")) from error


def _holds_bytes(kind: Any) -> bool:
    import pyarrow

    types = pyarrow.types
    return bool(types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind))
