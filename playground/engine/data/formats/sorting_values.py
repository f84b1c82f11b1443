"""Reads the cells of a column that nothing is known of, so that they can be sorted by what they mean."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.engine.data.formats.dates import are_dates, moments, order_of
from playground.engine.data.formats.notation import as_thousands, notation_of
from playground.engine.data.formats.numbers import MOSTLY, numbers, present
from playground.engine.data.formats.typed_number import TypedNumber
from playground.spec.data.number_notation import NumberNotation


def values_of_texts(cells: Sequence[str]) -> list[float] | None:
    """The number, or the seconds of the date, in each cell; None where most cells are neither.

    A cell without a value, or with another text, is below all others.
    """
    given = present(cells)
    if not given:
        return None
    if all(isinstance(cell, TypedNumber) for cell in given):
        values = numbers(cells, NumberNotation())
    elif are_dates(given):
        values = moments(cells, order_of(given).order or "dmy")
    else:
        found = notation_of(given)
        if found.notation is None:
            return None
        likely = as_thousands(found.notation) if found.open and found.thousands_likely else found.notation
        values = numbers(cells, likely)
    if np.isnan(values).sum() > len(cells) - MOSTLY * len(given):
        return None
    return list(map(float, np.where(np.isnan(values), -np.inf, values)))
