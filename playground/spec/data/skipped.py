"""The record of rows, columns, pictures and so on that were left out of a user's data, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import Enum

from playground.spec.messages import Message, joined, plural

MOST = 200  # items listed; further ones are only counted


class SkippedKind(Enum):
    """Kinds of items left out, counted separately. A value holds the text."""

    ROW = plural("{count:,} rows", "1 row", 0)
    COLUMN = plural("{count:,} columns", "1 column", 0)
    PICTURE = plural("{count:,} pictures", "1 picture", 0)
    FILE = plural("{count:,} files", "1 file", 0)
    CLASS = plural("{count:,} classes", "1 class", 0)
    CHARACTER = plural("{count:,} characters", "1 character", 0)  # different ones
    REST = plural("the rest of {count:,} folders", "the rest", 0)  # folders beyond the number that is read

    def counted(self, count: int) -> Message:
        """`3 rows`."""
        return replace(self.value, values=(("count", count),))


Counts = tuple[tuple[SkippedKind, int], ...]  # how many of each kind, without zeros


def total(counts: Counts) -> int:
    """How many items of all kinds were left out."""
    return sum(count for _, count in counts)


def by_kind(counts: Counts) -> dict[str, int]:
    """How many items of each kind were left out, by its name, for JSON: `{"row": 3}`."""
    return {kind.name.lower(): count for kind, count in counts}


def counted(counts: Counts) -> Message:
    """How many items of each kind were left out: `3 rows, 1 column`."""
    return joined((kind.counted(count) for kind, count in counts), ", ")


@dataclass(frozen=True, slots=True)
class Skipped:
    """One item left out: a row, a column, a picture, a class."""

    where: str  # “row 12”, “cats/7.jpg”: as the user knows it
    why: Message
    row: int | None = None  # the line of a file, from 1, where it is one row of a table


class Skips:
    """Collects the items left out during the inspection of a file."""

    def __init__(self) -> None:
        self._listed: list[Skipped] = []
        self._counts: Counter[SkippedKind] = Counter()

    def add(self, kind: SkippedKind, where: str, why: Message, row: int | None = None) -> None:
        """Record an item that is left out."""
        self._counts[kind] += 1
        if self._counts.total() <= MOST:
            self._listed.append(Skipped(where, why, row))

    def add_row(self, row: int, why: Message) -> None:
        """Record a row of a table, by its line in the file, from 1."""
        self.add(SkippedKind.ROW, f"row {row:,}", why, row)

    def add_further(self, kind: SkippedKind, count: int) -> None:
        """Count items that are left out beside `MOST` others, which fill the list."""
        self._counts[kind] += count

    @property
    def counts(self) -> Counts:
        """How many of each kind there were."""
        return tuple((kind, self._counts[kind]) for kind in SkippedKind if self._counts[kind])

    @property
    def listed(self) -> tuple[Skipped, ...]:
        """The first of them, in the order in which they were found."""
        return tuple(self._listed)
