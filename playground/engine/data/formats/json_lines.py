"""Checks and reads JSON lines: one object a line, each with a value for some of the columns."""

from __future__ import annotations

import json
from typing import Any

from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.delimited import MOST_CELLS
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.table_summary import MOST_COLUMNS
from playground.spec.data.typed_cells import json_rows
from playground.spec.messages import message, tr_noop


def json_lines(data: bytes, file: str) -> tuple[list[int], list[list[Any]]]:
    """The numbers of the lines, and the keys followed by a row of values for each.

    Raises:
        Damaged: a line is no object, or one holds a list or an object.
    """
    numbers: list[int] = []
    keys: set[str] = set()
    kept = []
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if number % 1000 == 0:
            stop_if_cancelled()
        if not line.strip():
            continue
        keys |= set(_checked(line, number, file))
        if len(keys) > MOST_COLUMNS or len(keys) * len(numbers) > MOST_CELLS:
            words = tr_noop("it has more than {columns:,} columns, or {cells:,} cells, up to line {line:,}")
            raise Damaged(file, message(words, columns=MOST_COLUMNS, cells=MOST_CELLS, line=number))
        numbers.append(number)
        kept.append(line)
    return numbers, json_rows(b"\n".join(kept))


def _checked(line: bytes, number: int, file: str) -> dict[str, Any]:
    """The object in a line."""
    try:
        found = json.loads(line.decode())
    except (ValueError, RecursionError) as error:
        words = tr_noop("line {line:,} is no valid JSON; each line should hold one object")
        raise Damaged(file, message(words, line=number)) from error
    if not isinstance(found, dict):
        raise Damaged(file, message("line {line:,} holds no object with names and values", line=number))
    for key, value in found.items():
        if isinstance(value, dict | list):
            words = tr_noop("“{key}” in line {line:,} holds a list or an object, and not one value")
            raise Damaged(file, message(words, key=key[:200], line=number))
    return found
