"""The split into training, validation and test samples: by chance under a seed, in their order, or by groups."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

PART_NAMES = {  # in a column that names the part of each sample, in small letters: see `divided_groups`
    "train": 0,
    "training": 0,
    "validation": 1,
    "valid": 1,
    "val": 1,
    "dev": 1,
    "test": 2,
    "testing": 2,
}


def split(classes: Sequence[int], validation: int, test: int, seed: int) -> tuple[list[int], list[int], list[int]]:
    """Split samples of these classes; returns the indices for training, validation and testing.

    `validation` and `test` are counts. The samples are shuffled, sorted by class and taken at equal
    distances, so that each class has the same share of every part, to within one sample.
    """
    order = list(range(len(classes)))
    Random(seed).shuffle(order)
    order.sort(key=lambda number: classes[number])
    tested, rest = _spaced(order, test)
    held_out, trained = _spaced(rest, validation)
    return sorted(trained), sorted(held_out), sorted(tested)


def split_in_order(count: int, validation: int, test: int) -> tuple[list[int], list[int], list[int]]:
    """Split samples in their order: the first ones for training, then those for validation, the last for testing."""
    trained = count - validation - test
    return list(range(trained)), list(range(trained, count - test)), list(range(count - test, count))


def divided_groups(sizes: Sequence[int], validation_share: float, test_share: float, seed: int) -> list[int]:
    """The part of each group: 0 for training, 1 for validation, 2 for testing.

    Groups are taken by chance under the seed until the test part has at least its share of all samples, then until the
    validation part has its share of the rest. At least one group is left for training.
    """
    order = list(range(len(sizes)))
    Random(seed).shuffle(order)
    parts = [0] * len(sizes)
    for part, share in ((2, test_share), (1, validation_share)):
        wanted = share * sum(sizes[group] for group in order)
        while wanted > 0 and len(order) > 1:
            group = order.pop()
            parts[group] = part
            wanted -= sizes[group]
    return parts


def split_rest(
    classes: Sequence[int], parts: Sequence[int], validation: int, test: int, seed: int
) -> tuple[list[int], list[int], list[int]]:
    """As `split`, of samples of which some have a part already: 1 for validation, 2 for testing; 0 for none.

    `validation` and `test` are counts of the samples that are drawn from those without a part.
    """
    free = [number for number, part in enumerate(parts) if not part]
    drawn = split([classes[number] for number in free], validation, test, seed)
    found = [[free[number] for number in part] for part in drawn]
    for number, part in enumerate(parts):
        if part:
            found[part].append(number)
    trained, held_out, tested = map(sorted, found)
    return trained, held_out, tested


def _spaced(order: list[int], count: int) -> tuple[list[int], list[int]]:
    """`count` items at equal distances, and the rest."""
    chosen = {int((number + 0.5) * len(order) / count) for number in range(count)}
    taken = [item for index, item in enumerate(order) if index in chosen]
    return taken, [item for index, item in enumerate(order) if index not in chosen]
