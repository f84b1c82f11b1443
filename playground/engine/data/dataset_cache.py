"""Where the files of downloaded data sets stand on this machine, and whether they are there.

Imports nothing heavy: the window asks this before torch is there.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_data_path

from playground.spec.data.dataset import Dataset
from playground.spec.data.remote_file import Remote
from playground.spec.messages import PlaygroundError, message, tr_noop
from playground.spec.number_text import bytes_text

Progress = Callable[[int, int], None]  # bytes done, and in all

_SYSTEM = Path("/usr/share/datasets")  # where Debian's packages of data sets put them


class NotHere(PlaygroundError):
    """The files of a data set are not on this machine."""

    def __init__(self, data: type[Dataset]) -> None:
        words = tr_noop("{data} is not on this machine: download it first, {size}.")
        super().__init__(
            message(words, data=message(data.label), size=bytes_text(sum(item.size for item in data.remotes)))
        )
        self.data = data


def cache_folder(data: type[Dataset]) -> Path:
    """The folder into which its files are downloaded; it need not exist."""
    return user_data_path("Playground", appauthor=False) / "datasets" / data.id.replace("_", "-")


def found(data: type[Dataset], name: str) -> Path:
    """The file of that name, where it is.

    Raises:
        NotHere: it is nowhere.
    """
    for folder in (cache_folder(data), _SYSTEM / data.id.replace("_", "-")):
        if os.path.isfile(folder / name):
            return folder / name
    raise NotHere(data)


def folders(data: type[Dataset]) -> tuple[Path, ...]:
    """The folders in which its files lie, most often one.

    Raises:
        NotHere: one of them is nowhere.
    """
    return tuple(dict.fromkeys(found(data, remote.name).parent for remote in data.remotes))


def lacking(data: type[Dataset]) -> tuple[Remote, ...]:
    """What is still to be downloaded."""
    missing = []
    for remote in data.remotes:
        try:
            found(data, remote.name)
        except NotHere:
            missing.append(remote)
    return tuple(missing)


def left(data: type[Dataset]) -> int:
    """How many bytes are still to be downloaded, those taken off that an interrupted download has left."""
    parts = ((remote.size, part_of(remote, cache_folder(data))) for remote in lacking(data))
    return sum(max(0, size - (part.stat().st_size if part.is_file() else 0)) for size, part in parts)


def part_of(remote: Remote, folder: Path) -> Path:
    """The file into which it is downloaded until it is whole."""
    return folder / f".{remote.name}.part"
