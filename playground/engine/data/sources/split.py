"""Which samples are trained on, held out and tested with: by chance under a seed, and of every class its share."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from playground.spec.data.split import split as numbers

Numbers = npt.NDArray[np.int64]


class Split(NamedTuple):
    """Numbers of samples, each part in their own order."""

    train: Numbers
    validation: Numbers
    test: Numbers


def split(classes: Numbers, validation: int, test: int, seed: int) -> Split:
    """Divide samples of these classes (N,), as `spec.data.split` does, into parts of so many."""
    return Split(*(np.array(part, np.int64) for part in numbers(classes.tolist(), validation, test, seed)))
