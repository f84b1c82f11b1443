"""The scaling of the inputs and the target of a table, which belongs to a network that was trained with it."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import NamedTuple

from playground.spec.data.dates import EARLIEST, LATEST
from playground.spec.data.table_summary import Column


def _fits(fill: float, column: Column) -> bool:
    if column.kind == "category":
        return fill.is_integer() and 0 <= fill < max(1, len(column.categories))
    return column.kind != "date" or EARLIEST <= fill < LATEST


class Scaling(NamedTuple):
    """Input f is (value - means[f]) / deviations[f]; a target t stands for target_mean + target_deviation · t.

    Means and deviations are those of the training rows, or what stands for them where a column is scaled otherwise; 0
    and 1 for inputs that stand for a category, and for a target that is a class. `fills` are the values that take the
    place of missing ones, for each column; none in files of earlier versions, whose rows lack nothing. It is written
    into network files, so that a network answers without the table it was trained on.
    """

    means: tuple[float, ...]
    deviations: tuple[float, ...]
    target_mean: float = 0.0
    target_deviation: float = 1.0
    fills: tuple[float, ...] = ()

    def suits(self, width: int, columns: Sequence[Column]) -> bool:
        """Whether it can scale the inputs of these columns: finite numbers, no deviation of 0 or below.

        What fills a category is one of its codes, and what fills a date is within the calendar.
        """
        numbers = (*self.means, *self.deviations, self.target_mean, self.target_deviation, *self.fills)
        return (
            len(self.means) == len(self.deviations) == width
            and (not self.fills or len(self.fills) == len(columns))
            and all(map(_fits, self.fills, columns))
            and all(map(isfinite, numbers))
            and min((*self.deviations, self.target_deviation)) > 0
        )
