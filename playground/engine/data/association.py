"""Measures how closely one column of a table goes with another, to warn of columns that give the target away."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Measure = Literal["r", "eta", "V"]  # Pearson's |r|, the correlation ratio, Cramér's V

GIVES_AWAY = 0.99  # strength from which one column is nearly as good as the other
_FEWEST = 10  # rows with both values, from which numbers can give a target away
_ROWS_EACH = 3  # mean rows of a category below which it fits any target by chance
_LARGE = 1e150  # above its square is no longer a number


class Association(NamedTuple):
    """The strength, from 0 to 1, by the measure that suits the two kinds of columns."""

    measure: Measure
    strength: float
    gives_away: bool  # the column alone says the target, or nearly


def association(column: Floats, target: Floats, *, category: bool, classes: bool) -> Association | None:
    """How closely a column (N,) goes with the target (N,); NaN where a value is missing, codes from 0 for categories.

    category: whether the column holds categories. classes: whether the target does. None where too little is known.
    """
    there = ~(np.isnan(column) | np.isnan(target))
    column, target = column[there], target[there]
    if len(column) < 3 or column.min() == column.max() or target.min() == target.max():
        return None
    enough = len(column) >= _ROWS_EACH * np.unique(column).size
    if category and classes:
        counts = _table(column, target)
        return Association("V", cramers_v(counts), enough and _reduction(counts) >= GIVES_AWAY)
    if category:
        strength = correlation_ratio(column, target)
        return Association("eta", strength, enough and strength >= GIVES_AWAY)
    if classes:
        strength = correlation_ratio(target, column)
        sure = strength >= GIVES_AWAY or _separates(column, target)
        return Association("eta", strength, sure and len(column) >= _FEWEST)
    strength = abs(pearson(column, target))
    return Association("r", strength, strength >= GIVES_AWAY and len(column) >= _FEWEST)


def pearson(one: Floats, other: Floats) -> float:
    """Pearson's correlation of two columns (N,), neither of which is constant."""
    one, other = _centred(one), _centred(other)
    size = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float(np.clip((one * other).sum() / size, -1, 1)) if size > 0 else 0.0


def correlation_ratio(codes: Floats, values: Floats) -> float:
    """η: the root of the share of the values' variance that lies between the categories."""
    centred = _centred(values)
    _, groups = np.unique(codes, return_inverse=True)
    counts, sums = np.bincount(groups), np.bincount(groups, centred)
    whole = float((centred**2).sum())
    return float(np.sqrt(np.clip((sums**2 / counts).sum() / whole, 0, 1))) if whole > 0 else 0.0


def cramers_v(counts: Floats) -> float:
    """Cramér's V of a table of counts, without empty rows or columns, and at least 2 × 2."""
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / counts.sum()
    squared = float(((counts - expected) ** 2 / expected).sum() / counts.sum())
    return float(np.sqrt(min(1.0, squared / (min(counts.shape) - 1))))


def tamed(values: Floats) -> Floats:
    """The same divided by their largest size, where their squares would overflow."""
    largest = float(np.abs(values).max(initial=0.0))
    return values / largest if largest > _LARGE else values


def _centred(values: Floats) -> Floats:
    """The same around 0, in units of their largest distance, so that no square over- or underflows."""
    values = tamed(values)
    values = values - values.mean()
    return values / (float(np.abs(values).max()) or 1.0)


def _table(one: Floats, other: Floats) -> Floats:
    rows, columns = (np.unique(codes, return_inverse=True)[1] for codes in (one, other))
    width = int(columns.max()) + 1
    return np.bincount(rows * width + columns, minlength=(int(rows.max()) + 1) * width).reshape(-1, width).astype(float)


def _reduction(counts: Floats) -> float:
    """Goodman and Kruskal's λ: the share of the errors of always saying the largest class that the column avoids."""
    whole, usual = counts.sum(), counts.sum(axis=0).max()
    return float((counts.max(axis=1).sum() - usual) / (whole - usual))


def _separates(values: Floats, classes: Floats) -> bool:
    """Whether each class has an interval of the values to itself."""
    order = np.lexsort((classes, values))
    values, classes = values[order], classes[order]
    changes = np.flatnonzero(np.diff(classes))
    return len(changes) == np.unique(classes).size - 1 and bool((np.diff(values)[changes] > 0).all())
