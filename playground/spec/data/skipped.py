"""What was left out of a person's own data, and why: so that nothing goes missing silently."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum

from playground.spec.messages import Message, joined, message, tr_noop

MOST = 200  # that are listed; further ones are counted


class SkippedKind(Enum):
    """The kinds of things that are left out, counted separately. A value holds the words for one and for several."""

    ROW = (tr_noop("1 row"), tr_noop("{count:,} rows"))
    COLUMN = (tr_noop("1 column"), tr_noop("{count:,} columns"))
    PICTURE = (tr_noop("1 picture"), tr_noop("{count:,} pictures"))
    FILE = (tr_noop("1 file"), tr_noop("{count:,} files"))
    CLASS = (tr_noop("1 class"), tr_noop("{count:,} classes"))
    CHARACTER = (tr_noop("1 character"), tr_noop("{count:,} characters"))  # different ones
    REST = (tr_noop("the rest"), tr_noop("the rest of {count:,} folders"))  # behind as many as are read

    def counted(self, count: int) -> Message:
        """`3 rows`."""
        one, several = self.value
        return Message(one) if count == 1 else message(several, count=count)


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
