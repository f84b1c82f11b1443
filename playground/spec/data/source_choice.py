"""How a person chooses what a data set is read from, and what is found when that is inspected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playground.spec.call import Call
from playground.spec.data.skipped import Counts, Skipped


@dataclass(frozen=True, slots=True)
class SourceChoice:
    """A file that is chosen in a dialog or dropped on the window; a folder where there are no filters.

    `inspect` names a function of `playground.engine.data.sources` of the path and of a function that is told how much
    was looked at so far. It returns an `Inspected`, and ends early where `stop_if_cancelled` says so.
    """

    title: str  # of the dialog
    inspect: Call
    filters: str = ""  # of the dialog, as Qt has them
    suffixes: tuple[str, ...] = ()  # of files that become such data when they are opened, in small letters
    field: str = "source"  # the field of the data set that holds what was found
    prompt: str = ""  # what is said until something is chosen, where nothing comes with the program
    bundled: tuple[str, str] | None = None  # a button that goes back to what comes with the program, and what it did

    @property
    def folder(self) -> bool:
        """Whether it is a folder."""
        return not self.filters


@dataclass(frozen=True, slots=True)
class Inspected:
    """What an experiment keeps of a file or a folder, and what was left out."""

    source: Any  # the value of the data set's field
    skipped: tuple[Skipped, ...] = ()
    skips: Counts = ()  # how many were left out, listed or not
