"""The standardisation of the inputs and the target of a table, which belongs to a network that was trained with it."""

from __future__ import annotations

from math import isfinite
from typing import NamedTuple


class Scaling(NamedTuple):
    """Input f is (value - means[f]) / deviations[f]; a target t stands for target_mean + target_deviation · t.

    Means and deviations are those of the training rows; 0 and 1 for inputs that stand for a category, and for a target
    that is a class. It is written into network files, so that a network answers without the table it was trained on.
    """

    means: tuple[float, ...]
    deviations: tuple[float, ...]
    target_mean: float = 0.0
    target_deviation: float = 1.0

    def suits(self, width: int) -> bool:
        """Whether it can scale that many inputs: finite numbers, no deviation of 0 or below."""
        numbers = (*self.means, *self.deviations, self.target_mean, self.target_deviation)
        return (
            len(self.means) == len(self.deviations) == width
            and all(map(isfinite, numbers))
            and min((*self.deviations, self.target_deviation)) > 0
        )
