"""Finds the files of downloaded data sets on this machine.

It imports nothing slow, because the window uses it before torch is imported.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_data_path

from playground.engine.data.formats.checksum import ensure_checksum, ensure_file_checksum
from playground.engine.data.formats.damage import Damaged
from playground.spec.cancelling import Cancelled, stop_if_cancelled
from playground.spec.data.dataset import Dataset
from playground.spec.data.remote_file import Remote
from playground.spec.files.storage import FileError, open_file, read_bounded, shown
from playground.spec.messages import PlaygroundError, message, tr_noop
from playground.spec.number_text import bytes_text

Progress = Callable[[int, int], None]  # called with bytes done and bytes in total

_SYSTEM = Path("/usr/share/datasets")  # of Debian's data set packages
_CHUNK = 1 << 20
_OVERHEAD = 1_000  # bytes that gzip may add to the content


class NotHere(PlaygroundError):
    """The files of a data set are not on this machine."""

    def __init__(self, data: type[Dataset]) -> None:
        words = tr_noop("{data} is not on this machine: download it first, {size}.")
        super().__init__(message(words, data=data.label, size=bytes_text(sum(item.size for item in data.remotes))))
        self.data = data


def download_folder(data: type[Dataset]) -> Path:
    """The folder into which the files of a data set are downloaded; it need not exist."""
    return user_data_path("Playground", appauthor=False) / "datasets" / data.id.replace("_", "-")


def found(data: type[Dataset], name: str) -> Path:
    """The path of the file of that name.

    Raises:
        NotHere: it is in none of the folders.
    """
    for folder in (download_folder(data), _SYSTEM / data.id.replace("_", "-")):
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
    parts = ((remote.size, part_of(remote, download_folder(data))) for remote in lacking(data))
    return sum(max(0, size - (part.stat().st_size if part.is_file() else 0)) for size, part in parts)


def part_of(remote: Remote, folder: Path) -> Path:
    """The file into which it is downloaded until it is complete."""
    return folder / f".{remote.name}.part"


def adopt(data: type[Dataset], place: Path, progress: Progress | None = None) -> None:
    """Copy the missing files of a data set from a user's folder, or from the file itself.

    Files are found by name, and copied only if every byte is right; a gzip file may be compressed differently. The
    originals are not changed.

    Raises:
        PlaygroundError: a file is missing, is not the original, or could not be copied.
        Cancelled: see `stop_if_cancelled`; an incomplete copy is deleted.
    """
    for remote in lacking(data):
        source = place if os.path.isfile(place) else place / remote.name
        if not os.path.isfile(source):
            raise FileError(message("“{file}” is not in {folder}.", file=remote.name, folder=shown(place)))
        _copy(remote, source, download_folder(data), progress or (lambda _done, _all: None))


def _copy(remote: Remote, source: Path, folder: Path, progress: Progress) -> None:
    from playground.engine.data.download.partial import Partial

    if not _original(remote, source):
        words = tr_noop("“{file}” is not the original: its length or its checksum is different.")
        raise FileError(message(words, file=shown(source)))
    with Partial(remote, folder) as partial:
        partial.restart()
        try:
            with open_file(source) as file:
                while chunk := file.read(_CHUNK):
                    stop_if_cancelled()
                    partial.append(chunk)
                    progress(partial.size, remote.size)
        except Cancelled:
            partial.discard()
            raise
        except OSError as error:
            reason = error.strerror or repr(error)
            raise FileError(message("“{file}” was not opened: {reason}.", file=shown(source), reason=reason)) from error
        partial.finish()


def _original(remote: Remote, source: Path) -> bool:
    """Whether a file has the right contents, compressed as in the original or differently."""
    try:
        ensure_file_checksum(source, remote.sha256)
    except Damaged:
        if remote.content is None or source.stat().st_size > remote.content[0] + _OVERHEAD:
            return False
        from playground.engine.data.formats.idx import (
            inflate,
        )  # imports numpy, which the window does not need at its start

        length, sha256 = remote.content
        try:
            held = inflate(read_bounded(source, length + _OVERHEAD), length, source.name)
            ensure_checksum(held.data, sha256, source.name)
        except Damaged:
            return False
    return True
