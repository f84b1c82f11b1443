"""The record of rows, columns, pictures and so on that were left out of a user's data, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum

from playground.spec.messages import Message, joined, message, tr_noop

MOST = 200  # items listed; further ones are only counted


class SkippedKind(Enum):
    """Kinds of items left out, counted separately. A value holds the texts for one item and for several."""

    ROW = (tr_noop("1 row"), tr_noop("{count:,} rows"))
    COLUMN = (tr_noop("1 column"), tr_noop("{count:,} columns"))
    PICTURE = (tr_noop("1 picture"), tr_noop("{count:,} pictures"))
    FILE = (tr_noop("1 file"), tr_noop("{count:,} files"))
    CLASS = (tr_noop("1 class"), tr_noop("{count:,} classes"))
    CHARACTER = (tr_noop("1 character"), tr_noop("{count:,} characters"))  # different ones
    REST = (tr_noop("the rest"), tr_noop("the rest of {count:,} folders"))  # folders beyond the number that is read

    def counted(self, count: int) -> Message:
        """`3 rows`."""
        one, several = self.value
        return Message(one) if count == 1 else message(several, count=count)


Counts = tuple[tuple[SkippedKind, int], ...]  # how many of each kind, without zeros


def total(counts: Counts) -> int:
    """How many items of all kinds were left out."""
    return sum(count for _, count in counts)


def counted(counts: Counts) -> Message:
    """How many items of each kind were left out: `3 rows, 1 column`."""
    return joined((kind.counted(count) for kind, count in counts), ", ")


@dataclass(frozen=True, slots=True)
class Skipped:
    """One item left out: a row, a column, a picture, a class."""

    where: str  # “row 12”, “cats/7.jpg”: as the user knows it
    why: Message


class Skips:
    """Collects the items left out during the inspection of a file."""

    def __init__(self) -> None:
        self._listed: list[Skipped] = []
        self._counts: Counter[SkippedKind] = Counter()

    def add(self, kind: SkippedKind, where: str, why: Message) -> None:
        """Record an item that is left out."""
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
