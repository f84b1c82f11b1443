"""Prints tables as plain text, which other programs can cut into columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from playground.standard_streams import put


def print_table(rows: Sequence[Sequence[str]], right: Iterable[int] = (), file: TextIO | None = None) -> None:
    """Print rows of cells in columns, of which some are aligned to the right. `file`: None for the standard output."""
    from rich.cells import cell_len

    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        padding = [" " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)]
        cells = [
            blank + cell if i in right else cell + blank
            for i, (cell, blank) in enumerate(zip(row, padding, strict=True))
        ]
        put("  ".join(cells).rstrip(), file=file)
