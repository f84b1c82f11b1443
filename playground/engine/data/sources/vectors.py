"""Turns the values of a table into input vectors of a network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from playground.spec.data.dates import date_inputs, part_width
from playground.spec.data.table_summary import Column

Floats = npt.NDArray[np.float64]


def fills_of(values: Floats, columns: Sequence[Column]) -> tuple[float, ...]:
    """The values (C,) that take the place of missing ones in some rows (N, C) of columns.

    The median of numbers and dates; of categories the most frequent one, the first of several.
    """
    found = []
    for column, there in zip(columns, values.T, strict=True):
        there = there[~np.isnan(there)]
        if not there.size:
            found.append(0.0)
        elif column.kind == "category":
            found.append(float(np.bincount(there.astype(np.int64)).argmax()))
        else:
            found.append(float(np.median(there)))
    return tuple(found)


def vectors(values: Floats, columns: Sequence[Column], fills: Sequence[float] = ()) -> Floats:
    """Inputs (N, F) of the values (N, C) of columns, before they are scaled.

    A number becomes one input, a category a one-hot vector, a date the inputs of its parts. A missing value is replaced
    by that of `fills`; where its lack is an input of its own, this is 1 then, and a category has no other one.
    """
    fills = fills or (0.0,) * len(columns)
    parts = [_inputs(*given) for given in zip(values.T, columns, fills, strict=True)]
    return np.concatenate(parts, axis=1) if parts else np.zeros((len(values), 1))


def _inputs(values: Floats, column: Column, fill: float) -> Floats:
    """The inputs (N, width) of one column."""
    absent = np.isnan(values)
    if column.kind == "category":
        count = len(column.categories)
        codes = np.where(absent, count if column.own_missing else fill, values).astype(np.int64)
        return np.eye(count + column.own_missing)[codes]
    there = np.where(absent, fill, values)
    if column.kind == "date":
        known = {seconds: date_inputs(seconds, column.parts) for seconds in np.unique(there).tolist()}
        found = np.array([known[seconds] for seconds in there.tolist()], np.float64).reshape(len(there), -1)
    else:
        found = there[:, None]
    return np.concatenate([found, absent[:, None]], axis=1) if column.own_missing else found


def scale(vectors: Floats, columns: Sequence[Column]) -> tuple[Floats, Floats]:
    """Offset and width (F,) of inputs, which become (x - offset) / width: 0 and 1 for those that are not scaled.

    vectors: (N, F) of the training rows. A width of 0 is replaced by 1.
    """
    ways = [way for column in columns for way in _ways(column)] or ["none"]
    offsets, widths = np.zeros(vectors.shape[1]), np.ones(vectors.shape[1])
    for index, (way, values) in enumerate(zip(ways, vectors.T, strict=True)):
        match way:
            case "standard":
                offsets[index], widths[index] = values.mean(), values.std()
            case "min-max":
                offsets[index], widths[index] = values.min(), values.max() - values.min()
            case "robust":
                low, offsets[index], high = np.percentile(values, (25, 50, 75))
                widths[index] = high - low
    return offsets, np.where(widths > 0, widths, 1.0)


def _ways(column: Column) -> list[str]:
    """How each input of a column is scaled: numbers as it says; years are standardised, codes and angles are not."""
    if column.kind == "date":
        ways = [way for part in column.parts for way in ["standard" if part == "year" else "none"] * part_width(part)]
    else:
        ways = [column.scaling] if column.kind == "number" else ["none"] * len(column.categories)
    return ways + ["none"] * column.own_missing
