"""Reads a table of one column, in which no sign separates cells."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice

from playground.engine.data.formats.delimited import SAMPLED, Rows, lines, rows, sample
from playground.engine.data.formats.header import header_rows
from playground.spec.data.skipped import Skips
from playground.spec.data.table_reading import ALIGNED, BLANKS, SEPARATORS, TableReading

_NEVER = "\x1f"  # the separator of units in ASCII, which no file of lines holds
_QUOTED = re.compile('"(?:[^"]|"")*"')
_IN_TEXTS = (":", BLANKS, ALIGNED)  # signs that separate cells only where these are no texts


def one_column(text: str, name: str, encoding: str, file: str, skips: Skips, *, texts: bool) -> Rows | None:
    """The rows of a table with one column; None where it has several.

    It has one if its first line is `name`, whatever the others hold, such as commas in numbers or texts. So it has if
    there is no sign between its cells. `texts`: whether its cells are texts, in which blanks and colons mean nothing.

    Raises:
        Damaged: it has no values.
    """
    first = [line for line in islice(lines(text), SAMPLED) if line.strip()]
    reading = TableReading(encoding=encoding, separator=_NEVER)
    if not first or _NEVER in text:
        return None
    try:
        heading = next(csv.reader(io.StringIO(first[0]), delimiter=_NEVER))[0]
        if heading.strip().casefold() == name.casefold():
            return rows(text, reading, file, skips)
        separators = [sign for sign in SEPARATORS if not (texts and sign in _IN_TEXTS)]
        bare = [_QUOTED.sub("", line).strip() for line in first]
        if any(sign in line for line in bare for sign in separators):
            return None
        count, _ = header_rows(sample(text, reading))
    except csv.Error:
        return None
    return rows(text, reading.with_(header=min(count, 1)), file, skips)
