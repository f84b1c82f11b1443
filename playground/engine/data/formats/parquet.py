"""Checks and reads Parquet files."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.delimited import MOST_CELLS
from playground.engine.data.formats.missing_library import missing_library
from playground.spec.data.skipped import SkippedKind, Skips
from playground.spec.data.table_summary import LONGEST_NAME
from playground.spec.data.typed_cells import parquet_rows
from playground.spec.messages import message, tr_noop

_MOST_UNPACKED = 1_000_000_000  # bytes


def parquet(data: bytes, file: str, skips: Skips) -> list[list[Any]]:
    """The names of the columns, and the rows of values; columns of lists, objects or bytes are skipped.

    Raises:
        Damaged: it cannot be read, or is too large.
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
        rows = parquet_rows(data)
    except (pyarrow.ArrowException, OSError, ValueError, OverflowError, MemoryError) as error:
        raise Damaged(file, message("it is damaged: its columns cannot be read")) from error
    for name in schema.names:
        if name not in rows[0]:
            why = message("it holds lists, objects or bytes, and not one value a row")
            skips.add(SkippedKind.COLUMN, f"column “{name[:LONGEST_NAME]}”", why)
    return rows
