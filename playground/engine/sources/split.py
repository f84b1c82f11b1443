"""Which samples are trained on, held out and tested with: by chance under a seed, and of every class its share."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]


class Split(NamedTuple):
    """Numbers of samples, each part in their own order."""

    train: Numbers
    validation: Numbers
    test: Numbers


def split(classes: Numbers, validation: int, test: int, seed: int) -> Split:
    """Divide samples of these classes (N,) so that `test` and `validation` hold so many of them.

    Samples are shuffled, put in the order of their classes, and taken at equal distances: so every
    class gives its share, to within one sample. Where everything is to be divided alike, all have
    one class.
    """
    order = np.arange(len(classes))
    shuffled = order.tolist()
    Random(seed).shuffle(shuffled)
    order = np.array(shuffled, np.int64)
    order = order[np.argsort(classes[order], kind="stable")]
    tested, rest = _taken(order, test)
    held_out, trained = _taken(rest, validation)
    return Split(np.sort(trained), np.sort(held_out), np.sort(tested))


def _taken(order: Numbers, count: int) -> tuple[Numbers, Numbers]:
    """`count` of them at equal distances, and the rest."""
    chosen = np.zeros(len(order), bool)
    if count:
        chosen[((np.arange(count) + 0.5) * len(order) / count).astype(np.int64)] = True
    return order[chosen], order[~chosen]
