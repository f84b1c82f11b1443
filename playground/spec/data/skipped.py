"""What was left out of a person's own data, and why: so that nothing goes missing silently."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import Enum

from playground.spec.messages import Message, joined, plural

MOST = 200  # that are listed; further ones are counted


class SkippedKind(Enum):
    """The kinds of things that are left out, counted separately. A value holds the words."""

    ROW = plural("{count:,} rows", "1 row", 0)
    COLUMN = plural("{count:,} columns", "1 column", 0)
    PICTURE = plural("{count:,} pictures", "1 picture", 0)
    FILE = plural("{count:,} files", "1 file", 0)
    CLASS = plural("{count:,} classes", "1 class", 0)
    CHARACTER = plural("{count:,} characters", "1 character", 0)  # different ones
    REST = plural("the rest of {count:,} folders", "the rest", 0)  # behind as many as are read

    def counted(self, count: int) -> Message:
        """`3 rows`."""
        return replace(self.value, values=(("count", count),))


Counts = tuple[tuple[SkippedKind, int], ...]  # how many of each kind, without those that there are none of


def total(counts: Counts) -> int:
    """How many were left out, whatever they are."""
    return sum(count for _, count in counts)


def counted(counts: Counts) -> Message:
    """How many were left out of each kind: `3 rows, 1 column`."""
    return joined((kind.counted(count) for kind, count in counts), ", ")


@dataclass(frozen=True, slots=True)
class Skipped:
    """One thing that is not learned from: a row, a column, a picture, a class."""

    where: str  # “row 12”, “cats/7.jpg”: as the person knows it
    why: Message


class Skips:
    """Collects what is left out while a file is looked at."""

    def __init__(self) -> None:
        self._listed: list[Skipped] = []
        self._counts: Counter[SkippedKind] = Counter()

    def add(self, kind: SkippedKind, where: str, why: Message) -> None:
        """Leave something out."""
        self._counts[kind] += 1
        if self._counts.total() <= MOST:
            self._listed.append(Skipped(where, why))

    @property
    def counts(self) -> Counts:
        """How many of each kind there were."""
        return tuple((kind, self._counts[kind]) for kind in SkippedKind if self._counts[kind])

    @property
    def listed(self) -> tuple[Skipped, ...]:
        """The first of them, in the order in which they were found."""
        return tuple(self._listed)
