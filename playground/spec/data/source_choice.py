"""The declaration of a data set that the user chooses, and the result of inspecting the chosen file or folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playground.spec.call import Call
from playground.spec.data.skipped import Counts, Skipped
from playground.spec.messages import Message


@dataclass(frozen=True, slots=True)
class SourceChoice:
    """A file that the user chooses in a dialog or drops on the window; a folder if there are no filters.

    `inspect` names a function of `playground.engine.data.sources`. It takes the path and a progress function, returns
    an `Inspected`, and can be cancelled, see `stop_if_cancelled`.
    """

    title: str  # of the dialog
    inspect: Call
    filters: str = ""  # of the dialog, in Qt's format
    suffixes: tuple[str, ...] = ()  # of files that open as this data, in lower case
    several: bool = False  # whether several files, or a folder of them, are one source, see `holds`
    in_class_folders: tuple[str, ...] = ()  # of files in a folder for each class, which may be the source, see `sorts`
    field: str = "source"  # the field of the data set for `Inspected.source`
    prompt: str = ""  # shown until something is chosen, if nothing is bundled
    bundled: tuple[str, str] | None = None  # texts of the button for the bundled source: its label, and the undo step

    @property
    def folder(self) -> bool:
        """Whether it is a folder."""
        return not self.filters

    def holds(self, folder: Path) -> bool:
        """Whether a folder holds mostly such files, and no folders; hidden ones do not count."""
        if not self.several:
            return False
        items = [item for item in folder.iterdir() if not item.name.startswith(".")]
        suitable = sum(item.suffix.lower() in self.suffixes for item in items)
        return 2 * suitable > len(items) and all(item.is_file() for item in items)

    def sorts(self, folder: Path) -> bool:
        """Whether a folder holds a folder of such files, and of nothing else, for each of several classes."""
        if not self.in_class_folders:
            return False
        items = [item for item in folder.iterdir() if item.is_dir() and not item.name.startswith(".")]
        return len(items) > 1 and all(self._holds_class(item) for item in items)

    def _holds_class(self, folder: Path) -> bool:
        items = [item for item in folder.iterdir() if not item.name.startswith(".")]
        return bool(items) and all(item.suffix.lower() in self.in_class_folders for item in items)


@dataclass(frozen=True, slots=True)
class Inspected:
    """The summary of a file or folder that an experiment stores, and the items left out."""

    source: Any  # the value of the data set's field
    skipped: tuple[Skipped, ...] = ()
    skips: Counts = ()  # number of items left out, listed or not
    remarks: tuple[Message, ...] = ()  # which of several plausible readings was taken, and why
