"""Measures how closely one column of a table goes with another, to warn of columns that give the target away."""

from __future__ import annotations

from math import lgamma, log
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
# Pearson's |r|, Spearman's |ρ|, and, both corrected for chance, Kelley's ε and Cramér's V
Measure = Literal["r", "rho", "epsilon", "V"]

GIVES_AWAY = 0.99  # strength from which one column is nearly as good as the other
_FEWEST = 10  # rows with both values, from which numbers can give a target away
_ROWS_EACH = 3  # mean rows of a category below which it fits any target by chance
_CHANCE = 1e-6  # at which a column divides the target by accident
_GAP = 5.0  # mean gaps of the target within one value of a column that a gap between two is at most
_LARGE = 1e150  # above its square is no longer a number


class Association(NamedTuple):
    """The strength, from 0 to 1, by the measure that suits the two kinds of columns."""

    measure: Measure
    strength: float
    gives_away: bool  # the column alone says the target, or nearly
    of_missing: bool = False  # not its values give the target away, but in which rows they are missing
    rounded: bool = False  # each of its values has a range of the target's to itself, as where the target is rounded


def association(column: Floats, target: Floats, *, category: bool, classes: bool) -> Association | None:
    """How closely a column (N,) goes with the target (N,); NaN where a value is missing, codes from 0 for categories.

    category: whether the column holds categories. classes: whether the target does. None where too little is known.
    """
    known = ~np.isnan(target)
    lacking = np.isnan(column)
    if lacking.any() and not lacking[known].all():
        told = _of_values(lacking[known].astype(float), target[known], category=True, classes=classes)
        if told is not None and told.gives_away:
            return told._replace(of_missing=True)
    there = known & ~lacking
    return _of_values(column[there], target[there], category=category, classes=classes)


def _of_values(column: Floats, target: Floats, *, category: bool, classes: bool) -> Association | None:
    """See `association`; no value (N,) is missing."""
    if len(column) < 3 or column.min() == column.max() or target.min() == target.max():
        return None
    enough = len(column) >= _ROWS_EACH * np.unique(column).size
    if category and classes:
        counts = _table(column, target)
        return Association("V", cramers_v(counts), enough and _reduction(counts) >= GIVES_AWAY)
    if category:
        strength = kelleys_epsilon(column, target)
        if enough and strength >= GIVES_AWAY:
            return Association("epsilon", strength, gives_away=True)
        told = _divides(column, target, ordered=False)
        return Association("epsilon", strength, gives_away=told, rounded=told)
    if classes:
        strength = kelleys_epsilon(target, column)
        sure = strength >= GIVES_AWAY or _separates(column, target)
        return Association("epsilon", strength, sure and len(column) >= _FEWEST)
    strength, of_ranks = abs(pearson(column, target)), abs(spearman(column, target))
    if of_ranks >= GIVES_AWAY > strength and len(column) >= _FEWEST:  # on a curve
        return Association("rho", of_ranks, gives_away=True)
    if strength < GIVES_AWAY and _divides(column, target, ordered=True):
        return Association("r", strength, gives_away=True, rounded=True)
    return Association("r", strength, strength >= GIVES_AWAY and len(column) >= _FEWEST)


def pearson(one: Floats, other: Floats) -> float:
    """Pearson's correlation of two columns (N,), neither of which is constant."""
    one, other = _centred(one), _centred(other)
    size = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float(np.clip((one * other).sum() / size, -1, 1)) if size > 0 else 0.0


def spearman(one: Floats, other: Floats) -> float:
    """Spearman's ρ of two columns (N,): Pearson's correlation of their ranks, equal values having their mean rank."""
    return pearson(_ranks(one), _ranks(other))


def _ranks(values: Floats) -> Floats:
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[place], np.float64)


def kelleys_epsilon(codes: Floats, values: Floats) -> float:
    """ε: the root of the share of the values' variance that the categories explain beyond chance; 0 where none.

    With η², the share between k categories in n rows, ε² = 1 - (1 - η²)(n - 1)/(n - k). η itself is high by chance
    where categories are many and small. T. L. Kelley, “An unbiased correlation ratio measure”, PNAS 21 (1935).
    """
    centred = _centred(values)
    _, groups = np.unique(codes, return_inverse=True)
    counts, sums = np.bincount(groups), np.bincount(groups, centred)
    whole, free = float((centred**2).sum()), len(values) - len(counts)
    if whole <= 0 or free <= 0:
        return 0.0
    within = 1 - min(1.0, float((sums**2 / counts).sum()) / whole)
    return float(np.sqrt(max(0.0, 1 - within * (len(values) - 1) / free)))


def cramers_v(counts: Floats) -> float:
    """Cramér's V, corrected for chance, of a table of counts: 2 × 2 or more, without empty rows or columns.

    W. Bergsma, “A bias-correction for Cramér's V and Tschuprow's T”, J. of the Korean Statistical Society 42 (2013).
    """
    count = counts.sum()
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / count
    squared = float(((counts - expected) ** 2 / expected).sum() / count)
    free = np.array(counts.shape) - 1.0
    corrected = max(0.0, squared - float(free.prod()) / (count - 1))
    most = float((free - free**2 / (count - 1)).min())  # of corrected sizes, less 1
    return float(np.sqrt(min(1.0, corrected / most))) if most > 0 else 0.0


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


def _divides(column: Floats, target: Floats, *, ordered: bool) -> bool:
    """Whether a column (N,) divides the range of a target that is a number, as the target rounded or in bands does.

    Each of its values then has an interval of the target to itself, in their order where they are `ordered`; intervals
    may share an end, where both were rounded. The gaps between them are no wider than a few times those within, unlike
    where a few values, such as doses, cause the target. By chance, in one of a million tables at most.
    """
    if ordered:
        rising, falling = (np.diff(column[np.lexsort((sign * column, target))]) for sign in (1, -1))
        alone = bool((rising >= 0).all() or (falling <= 0).all())
    else:
        alone = _separates(target, column)
    if not alone:
        return False
    distinct, first = np.unique(target, return_index=True)
    some = column[first]
    counts = np.unique(some, return_counts=True)[1]
    orderings = log(2) if ordered else lgamma(len(counts) + 1)
    chance = orderings + sum(lgamma(count + 1) for count in counts.tolist()) - lgamma(len(some) + 1)
    if len(counts) < 2 or chance > log(_CHANCE):
        return False
    between, gaps = np.diff(some) != 0, np.diff(tamed(distinct))
    within = gaps[~between]
    return bool(within.size and np.median(gaps[between]) <= _GAP * within.mean())


def _separates(values: Floats, classes: Floats) -> bool:
    """Whether each class has an interval of the values to itself."""
    order = np.lexsort((classes, values))
    values, classes = values[order], classes[order]
    changes = np.flatnonzero(np.diff(classes))
    return len(changes) == np.unique(classes).size - 1 and bool((np.diff(values)[changes] > 0).all())
