"""Contents dropped on the window: local files, and network addresses."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QMimeData

from playground.spec.data.dataset import dataset_of
from playground.spec.files.file_kind import EXPERIMENT_SUFFIX, NETWORK_SUFFIX, is_source
from playground.spec.files.storage import shown
from playground.spec.messages import Message, message, tr_noop

_LONGEST = 80  # maximum number of characters shown of an address


class DroppedFiles(NamedTuple):
    """Files in the order in which they were dropped, and addresses that are not local."""

    paths: tuple[Path, ...]
    addresses: tuple[str, ...] = ()

    @property
    def first(self) -> Path | None:
        """The file to open: the first experiment or network, or else the first data file, or the first file."""
        kinds = (is_openable, is_source, lambda _path: True)
        return next((path for kind in kinds for path in self.paths if kind(path)), None)

    @property
    def are_one_source(self) -> bool:
        """Whether they are several files of one folder that become one data set together."""
        kinds = {dataset_of(path) for path in self.paths if path.is_file()}
        kind = kinds.pop() if len(kinds) == 1 and len({path.parent for path in self.paths}) == 1 else None
        together = kind is not None and kind.source_choice is not None and kind.source_choice.several
        return together and len(self.paths) > 1 and all(path.is_file() for path in self.paths)

    @property
    def rest(self) -> Message | None:
        """A message that there are more files than one; None otherwise."""
        return None if self.first is None else self.beside(self.first)

    def beside(self, taken: Path) -> Message | None:
        """A message that there are more files than the opened one; None otherwise."""
        if len(self.paths) < 2:
            return None
        name = shown(Path(taken.name))
        return message("Of the {count:,} files only “{name}” was used.", count=len(self.paths), name=name)

    @property
    def refusal(self) -> Message | None:
        """The reason why nothing can be opened; None if there is a file."""
        if self.paths or not self.addresses:
            return None
        words = tr_noop(
            "“{address}” was not opened. It is an address on the network, and nothing is downloaded automatically. "
            "Save the file on this machine and drop it."
        )
        return message(words, address=self.addresses[0])


def dropped_files(mime: QMimeData) -> DroppedFiles | None:
    """The files and addresses in drag data; None if there are neither."""
    urls = mime.urls()
    paths = tuple(Path(url.toLocalFile()) for url in urls if url.isLocalFile())
    addresses = (url.toDisplayString() for url in urls if not url.isLocalFile())
    short = tuple(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…" for text in addresses)
    return DroppedFiles(paths, short) if urls else None


def is_for_window(path: Path) -> bool:
    """Whether its name may be that of an experiment, a network or data: the window opens these wherever dropped."""
    return is_openable(path) or is_source(path)


def is_openable(path: Path) -> bool:
    """Whether its name may be that of an experiment or a network."""
    return path.suffix.lower() in (EXPERIMENT_SUFFIX, NETWORK_SUFFIX)
