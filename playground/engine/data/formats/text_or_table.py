"""Tells a table from a text by what a file holds, where its name leaves that open."""

from __future__ import annotations

from pathlib import Path

from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.encoding import decoded
from playground.engine.data.formats.header import are_values
from playground.engine.data.formats.layout import found_rows
from playground.spec.data.skipped import Skips
from playground.spec.data.table_reading import ALIGNED, BLANKS, ReadingChoice
from playground.spec.files.storage import open_file

_HEAD = 2**16  # bytes that are looked at
_FEWEST_LINES = 5
_IN_PROSE = (",", ";", "|", ALIGNED)  # separators that also occur in texts, if seldom the same number in all lines


def is_clearly_table(path: Path) -> bool:
    """Whether all first lines of a file have as many cells: two at least, separated by tabs; or with values in them.

    With commas, semicolons, bars, or aligned in columns, the cells of one column at least are numbers or dates; with
    single blanks or colons, as sums and rhymes have them too, those of all columns; below names between blanks, those
    of half of the columns, or of one where the names are in quotes or the first column has none, as R writes them.
    """
    try:
        with open_file(path) as file:
            head = file.read(_HEAD) or b""
        text, encoding = decoded(head, path.name)
        if len(head) == _HEAD:  # the last line may be incomplete
            text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1]
        skips = Skips()
        found, _ = found_rows(text, ReadingChoice(), encoding, path.name, skips)
    except (OSError, Damaged):
        return False
    if skips.counts or len(found.numbers) < _FEWEST_LINES or len(found.names) < 2:
        return False
    valued = [are_values(column) for column in found.columns]
    separator = found.reading.separator
    if separator == BLANKS and found.reading.header:
        first = text.lstrip("\ufeff\r\n \t").partition("\n")[0].strip()
        of_r = found.reading.unnamed_first or (first.startswith('"') and first.endswith('"'))
        return any(valued) if of_r else 2 * sum(valued) >= len(valued)
    return separator == "\t" or (any(valued) if separator in _IN_PROSE else all(valued))
