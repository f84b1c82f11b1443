"""Finds the files of downloaded data sets on this machine.

It imports nothing slow, because the window uses it before torch is imported.
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

Progress = Callable[[int, int], None]  # called with bytes done and bytes in total

_SYSTEM = Path("/usr/share/datasets")  # of Debian's data set packages


class NotHere(PlaygroundError):
    """The files of a data set are not on this machine."""

    def __init__(self, data: type[Dataset]) -> None:
        words = tr_noop("{data} is not on this machine: download it first, {size}.")
        super().__init__(
            message(words, data=message(data.label), size=bytes_text(sum(item.size for item in data.remotes)))
        )
        self.data = data


def cache_folder(data: type[Dataset]) -> Path:
    """The folder into which the files of a data set are downloaded; it need not exist."""
    return user_data_path("Playground", appauthor=False) / "datasets" / data.id.replace("_", "-")


def found(data: type[Dataset], name: str) -> Path:
    """The path of the file of that name.

    Raises:
        NotHere: it is in none of the folders.
    """
    for folder in (cache_folder(data), _SYSTEM / data.id.replace("_", "-")):
        if os.path.isfile(folder / name):
            return folder / name
    raise NotHere(data)


def folders(data: type[Dataset]) -> tuple[Path, ...]:
    """The folders that contain its files, usually one.

    Raises:
        NotHere: one of them is missing.
    """
    return tuple(dict.fromkeys(found(data, remote.name).parent for remote in data.remotes))


def lacking(data: type[Dataset]) -> tuple[Remote, ...]:
    """The files that are still to be downloaded."""
    missing = []
    for remote in data.remotes:
        try:
            found(data, remote.name)
        except NotHere:
            missing.append(remote)
    return tuple(missing)


def left(data: type[Dataset]) -> int:
    """The number of bytes still to be downloaded, without those of an interrupted download."""
    parts = ((remote.size, part_of(remote, cache_folder(data))) for remote in lacking(data))
    return sum(max(0, size - (part.stat().st_size if part.is_file() else 0)) for size, part in parts)


def part_of(remote: Remote, folder: Path) -> Path:
    """The file into which it is downloaded until it is complete."""
    return folder / f".{remote.name}.part"
