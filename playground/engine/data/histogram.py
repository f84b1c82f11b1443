"""Counts the rows of a column in intervals of its values, or by its texts, for the small picture above its cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from playground.engine.data.association import Floats, tamed
from playground.engine.data.formats.dates import moments
from playground.engine.data.formats.numbers import numbers, present
from playground.spec.data.table_summary import Column

MOST_BARS = 12


def histogram(column: Column, values: Floats) -> tuple[int, ...]:
    """Rows of each category, the most frequent ones where there are many; or in equal intervals of the values (N,)."""
    if column.counts and len(column.counts) <= MOST_BARS:
        return column.counts
    if column.kind == "category":
        return tuple(sorted(column.counts, reverse=True)[:MOST_BARS])
    there = tamed(values[~np.isnan(values)])
    if not there.size:
        return ()
    edges: int | Floats = MOST_BARS
    if column.whole:  # as many whole numbers in each bar
        width = np.ceil((there.max() - there.min() + 1) / MOST_BARS)
        edges = np.arange(there.min() - 0.5, there.max() + width, width)
    return tuple(int(count) for count in np.histogram(there, edges)[0])


def histogram_of_cells(column: Column, cells: Sequence[str]) -> tuple[int, ...]:
    """The same of a column that is left out, whose values are not kept; empty where no two texts are the same."""
    given = present(cells)
    if column.kind == "date":
        return histogram(column, moments(given, column.order))
    found = numbers(given, column.notation)
    if np.isfinite(found).mean() > 0.5 if given else False:
        return histogram(Column(), found)
    counts = sorted(Counter(given).values(), reverse=True)
    return tuple(counts[:MOST_BARS]) if counts and counts[0] > 1 else ()
