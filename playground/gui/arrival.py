"""What is let go over the window: files of this machine, and addresses that lead elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QMimeData

from playground.gui.files import EXPERIMENT, NETWORK
from playground.gui.supply.supply import is_source
from playground.spec.storage import shown
from playground.spec.words import Message, say

_LONGEST = 80  # characters of an address that are shown


class Arrival(NamedTuple):
    """Files in the order in which they came, and addresses of what is not on this machine."""

    paths: tuple[Path, ...]
    addresses: tuple[str, ...] = ()

    @property
    def first(self) -> Path | None:
        """The file that is taken: the first that the window may have a use for, or else the first."""
        return next(filter(is_for_window, self.paths), next(iter(self.paths), None))

    @property
    def rest(self) -> Message | None:
        """That there are more files than one; None where there are not."""
        if len(self.paths) < 2 or self.first is None:
            return None
        name = shown(Path(self.first.name))
        return say("Of the {count:,} files only “{name}” was taken.", count=len(self.paths), name=name)

    @property
    def refusal(self) -> Message | None:
        """Why there is nothing to take; None where there is a file."""
        if self.paths or not self.addresses:
            return None
        words = (
            "“{address}” was not opened. It is an address on the network, and nothing is downloaded unasked. "
            "Save the file on this machine, and drop that."
        )
        return say(words, address=self.addresses[0])


def arrival_of(mime: QMimeData) -> Arrival | None:
    """The files and addresses in what is dragged; None where there is neither."""
    urls = mime.urls()
    paths = tuple(Path(url.toLocalFile()) for url in urls if url.isLocalFile())
    addresses = (url.toDisplayString() for url in urls if not url.isLocalFile())
    short = tuple(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…" for text in addresses)
    return Arrival(paths, short) if urls else None


def is_for_window(path: Path) -> bool:
    """Whether it may be an experiment, a network or data, as its name has it: whatever it was let go over."""
    return path.suffix.lower() in (EXPERIMENT, NETWORK) or is_source(path)
