"""Copies the files of a data set from where a person has them, believing them no more than the network."""

from __future__ import annotations

import os
from pathlib import Path

from playground.engine.data.dataset_cache import Progress, cache_folder, lacking
from playground.engine.data.download.partial import Partial
from playground.engine.data.formats.checksum import ensure_checksum, ensure_file_checksum
from playground.engine.data.formats.damage import Damaged
from playground.spec.cancelling import Cancelled, stop_if_cancelled
from playground.spec.data.dataset import Dataset
from playground.spec.data.remote_file import Remote
from playground.spec.files.storage import FileError, open_file, read_bounded, shown, why_not_read
from playground.spec.messages import message, tr_noop

_CHUNK = 1 << 20
_OVERHEAD = 1_000  # bytes that gzip may add


def adopt(data: type[Dataset], origin: Path, progress: Progress | None = None) -> None:
    """Copy what is lacking of a data set from where a person has it: a folder, or the file itself.

    Files are known by their names, and copied only if every byte is right; one that others have compressed may be so
    otherwise. The originals stay as they are.

    Raises:
        PlaygroundError: a file is not there or is another one, or could not be copied.
        Cancelled: see `stop_if_cancelled`; what was copied of a file is thrown away.
    """
    for remote in lacking(data):
        source = origin if os.path.isfile(origin) else origin / remote.name
        if not os.path.isfile(source):
            raise FileError(message("“{file}” is not in {folder}.", file=remote.name, folder=shown(origin)))
        _copy(remote, source, cache_folder(data), progress or (lambda _done, _all: None))


def _copy(remote: Remote, source: Path, folder: Path, progress: Progress) -> None:
    if not _original(remote, source):
        words = tr_noop("“{file}” is not the original: its length or its checksum is another one.")
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
            raise FileError(why_not_read(source, error)) from error
        partial.finish()


def _original(remote: Remote, source: Path) -> bool:
    """Whether a file holds what is offered, compressed as it is there or otherwise."""
    try:
        ensure_file_checksum(source, remote.sha256)
    except Damaged:
        if remote.content is None or source.stat().st_size > remote.content[0] + _OVERHEAD:
            return False
        from playground.engine.data.formats.idx import inflate  # numpy, which a download does not need

        length, sha256 = remote.content
        try:
            held = inflate(read_bounded(source, length + _OVERHEAD), length, source.name)
            ensure_checksum(held.data, sha256, source.name)
        except Damaged:
            return False
    return True
