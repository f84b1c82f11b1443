"""Turns the values of a table into input vectors of a network."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def vectors(values: Floats, categories: list[int]) -> Floats:
    """Inputs (N, F) of the values of some columns (N, C).

    categories: their number for each column, which becomes a one-hot vector; 0 for a column of
    numbers, which becomes one input.
    """
    parts = []
    for column, count in zip(values.T, categories, strict=True):
        parts.append(np.eye(count)[column.astype(np.int64)] if count else column[:, None])
    return np.concatenate(parts, axis=1) if parts else np.zeros((len(values), 1))


def scale(vectors: Floats, categories: list[int]) -> tuple[Floats, Floats]:
    """Mean and standard deviation (F,) of inputs that are numbers; 0 and 1 for categories."""
    flags = [flag for count in categories for flag in [count == 0] * max(count, 1)]
    is_number = np.array(flags or [False])
    deviation = vectors.std(0)
    mean = np.where(is_number, vectors.mean(0), 0.0)
    return mean, np.where(is_number & (deviation > 0), deviation, 1.0)
