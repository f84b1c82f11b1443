"""Which samples are trained on, held out and tested with: by chance under a seed, and of every class its share."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random


def split(classes: Sequence[int], validation: int, test: int, seed: int) -> tuple[list[int], list[int], list[int]]:
    """Divide samples of these classes: numbers of those to train, to validate and to test with.

    `validation` and `test` say how many. The samples are shuffled, sorted by class and taken at
    equal distances, so that every class gives its share, to within one sample.
    """
    order = list(range(len(classes)))
    Random(seed).shuffle(order)
    order.sort(key=lambda number: classes[number])
    tested, rest = _spaced(order, test)
    held_out, trained = _spaced(rest, validation)
    return sorted(trained), sorted(held_out), sorted(tested)


def _spaced(order: list[int], count: int) -> tuple[list[int], list[int]]:
    """Items at `count` equal distances, and the rest."""
    chosen = {int((number + 0.5) * len(order) / count) for number in range(count)}
    taken = [item for place, item in enumerate(order) if place in chosen]
    return taken, [item for place, item in enumerate(order) if place not in chosen]
