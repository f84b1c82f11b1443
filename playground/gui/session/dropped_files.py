"""What is let go over the window: files of this machine, and addresses that lead elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QMimeData

from playground.spec.files.file_kind import EXPERIMENT_SUFFIX, NETWORK_SUFFIX, is_source
from playground.spec.files.storage import shown
from playground.spec.messages import Message, message, tr_noop

_LONGEST = 80  # characters of an address that are shown


class DroppedFiles(NamedTuple):
    """Files in the order in which they came, and addresses of what is not on this machine."""

    paths: tuple[Path, ...]
    addresses: tuple[str, ...] = ()

    @property
    def first(self) -> Path | None:
        """The file that is taken: the first experiment or network, or else the first to learn from, or the first."""
        kinds = (is_openable, is_source, lambda _path: True)
        return next((path for kind in kinds for path in self.paths if kind(path)), None)

    @property
    def rest(self) -> Message | None:
        """That there are more files than one; None where there are not."""
        return None if self.first is None else self.beside(self.first)

    def beside(self, taken: Path) -> Message | None:
        """That there are more files than the one that was taken; None where there are not."""
        if len(self.paths) < 2:
            return None
        name = shown(Path(taken.name))
        return message("Of the {count:,} files only “{name}” was taken.", count=len(self.paths), name=name)

    @property
    def refusal(self) -> Message | None:
        """Why there is nothing to take; None where there is a file."""
        if self.paths or not self.addresses:
            return None
        words = tr_noop(
            "“{address}” was not opened. It is an address on the network, and nothing is downloaded unasked. "
            "Save the file on this machine, and drop that."
        )
        return message(words, address=self.addresses[0])


def dropped_files(mime: QMimeData) -> DroppedFiles | None:
    """The files and addresses in what is dragged; None where there is neither."""
    urls = mime.urls()
    paths = tuple(Path(url.toLocalFile()) for url in urls if url.isLocalFile())
    addresses = (url.toDisplayString() for url in urls if not url.isLocalFile())
    short = tuple(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…" for text in addresses)
    return DroppedFiles(paths, short) if urls else None


def is_for_window(path: Path) -> bool:
    """Whether it may be an experiment, a network or data, as its name has it: whatever it was let go over."""
    return is_openable(path) or is_source(path)


def is_openable(path: Path) -> bool:
    """Whether it may be an experiment or a network, as its name has it."""
    return path.suffix.lower() in (EXPERIMENT_SUFFIX, NETWORK_SUFFIX)
