"""SHA-256 checksums of data and files, to verify them before use."""

from __future__ import annotations

import hashlib
from pathlib import Path

from playground.engine.data.formats.damage import Damaged
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.files.storage import FileError, open_file, shown, why_not_read
from playground.spec.messages import Message, message

_PIECE = 2**22  # bytes between two checks for cancellation


def sha256_of(data: bytes | memoryview) -> str:
    """The SHA-256 of `data`, in hexadecimal."""
    digest, whole = hashlib.sha256(), memoryview(data).cast("B")
    for begin in range(0, len(whole), _PIECE):
        stop_if_cancelled()
        digest.update(whole[begin : begin + _PIECE])
    return digest.hexdigest()


def changed_since_chosen(path: str) -> Message:
    """The sentence for a file that is another one than was chosen."""
    return message("“{file}” has changed since it was chosen. Choose it again.", file=path)


def ensure_checksum(data: bytes | memoryview, sha256: str, file: str) -> None:
    """Raise Damaged unless `data` has this SHA-256."""
    if sha256_of(data) != sha256:
        raise Damaged(file, message("its checksum does not match"))


def ensure_file_checksum(path: Path, sha256: str) -> None:
    """Raise Damaged unless the file has this SHA-256, and FileError where it cannot be read."""
    try:
        with open_file(path) as file:
            digest = hashlib.sha256()
            while piece := file.read(_PIECE):  # `file_digest` would never end where a read would block
                stop_if_cancelled()
                digest.update(piece)
    except OSError as error:
        raise FileError(why_not_read(path, error)) from error
    if digest.hexdigest() != sha256:
        raise Damaged(shown(path), message("its checksum does not match"))
