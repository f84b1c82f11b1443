"""What was left out of a person's own data, and why: so that nothing goes missing silently."""

from __future__ import annotations

from dataclasses import dataclass

from playground.spec.words import Message

MOST = 200  # that are listed; further ones are counted


@dataclass(frozen=True, slots=True)
class Skipped:
    """One thing that is not learned from: a row, a column, a picture, a class."""

    where: str  # “row 12”, “cats/7.jpg”: as the person knows it
    why: Message


class Skips:
    """Collects what is left out while a file is looked at."""

    def __init__(self) -> None:
        self._listed: list[Skipped] = []
        self.count = 0

    def add(self, where: str, why: Message) -> None:
        """Leave something out."""
        self.count += 1
        if len(self._listed) < MOST:
            self._listed.append(Skipped(where, why))

    @property
    def listed(self) -> tuple[Skipped, ...]:
        """The first of them, in the order in which they were found."""
        return tuple(self._listed)
