"""Checks and reads JSON lines: one object a line, each with a value for some of the columns."""

from __future__ import annotations

import json
from typing import Any

from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.delimited import MOST_CELLS
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.skipped import SkippedKind, Skips
from playground.spec.data.table_summary import LONGEST_NAME, MOST_COLUMNS
from playground.spec.data.typed_cells import json_rows
from playground.spec.messages import message, tr_noop


def json_lines(data: bytes, file: str, skips: Skips) -> tuple[list[int], list[list[Any]]]:
    """The numbers of the lines, and the keys followed by a row of values for each.

    A key that holds a list or an object in any line is skipped.

    Raises:
        Damaged: a line is no object.
    """
    numbers: list[int] = []
    nested: dict[str, int] = {}  # the first line of each key that holds a list or an object
    keys: set[str] = set()
    kept = []
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if number % 1000 == 0:
            stop_if_cancelled()
        if not line.strip():
            continue
        found = _checked(line, number, file)
        keys |= set(found)
        for key, value in found.items():
            if isinstance(value, dict | list):
                nested.setdefault(key, number)
        if len(keys) > MOST_COLUMNS or len(keys) * len(numbers) > MOST_CELLS:
            words = tr_noop("it has more than {columns:,} columns, or {cells:,} cells, up to line {line:,}")
            raise Damaged(file, message(words, columns=MOST_COLUMNS, cells=MOST_CELLS, line=number))
        numbers.append(number)
        kept.append(line)
    for key, number in nested.items():
        why = message("it holds a list or an object in line {line:,}, and not one value", line=number)
        skips.add(SkippedKind.COLUMN, f"column “{key[:LONGEST_NAME]}”", why)
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
    return found
