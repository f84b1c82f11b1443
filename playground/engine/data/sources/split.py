"""The split into training, validation and test samples, as arrays of indices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from playground.spec.data.split import split as numbers
from playground.spec.data.split import split_rest as numbers_of_rest

Numbers = npt.NDArray[np.int64]


class Split(NamedTuple):
    """The indices of the samples of each part, in ascending order."""

    train: Numbers
    validation: Numbers
    test: Numbers


def split(classes: Numbers, validation: int, test: int, seed: int) -> Split:
    """Split samples of these classes (N,) with `spec.data.split`; `validation` and `test` are counts."""
    return Split(*(np.array(part, np.int64) for part in numbers(classes.tolist(), validation, test, seed)))


def split_rest(classes: Numbers, parts: Sequence[int], validation: int, test: int, seed: int) -> Split:
    """Split samples of these classes (N,), some of which have a part already, with `spec.data.split`."""
    found = numbers_of_rest(classes.tolist(), parts, validation, test, seed)
    return Split(*(np.array(part, np.int64) for part in found))
