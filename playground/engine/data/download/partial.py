"""The incomplete file of a download: kept next to its final path, resumed, verified, and renamed when complete."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from playground.engine.data.dataset_cache import part_of
from playground.engine.data.download.failure import DownloadError, Reason, disk_failure
from playground.spec.data.remote_file import Remote
from playground.spec.files.storage import shown, sync_folder

_CHUNK = 1 << 20  # bytes per read for the checksum
_LONGEST_NOTE = 4_000  # bytes


class Partial:
    """The bytes of `remote` received so far in `folder`, open and locked against other downloads.

    A second file, the note, has their address and the validator that shows whether the server's file has changed.
    All methods raise DownloadError where the disk fails.
    """

    def __init__(self, remote: Remote, folder: Path) -> None:
        self._remote, self._folder = remote, folder
        self._path = part_of(remote, folder)
        self._note = folder / f".{remote.name}.part.json"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            binary: int = getattr(os, "O_BINARY", 0)
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | binary, 0o666)
        except OSError as error:
            raise self._failure(error) from error
        if not _lock(self._descriptor):
            os.close(self._descriptor)
            raise DownloadError(Reason.BUSY, file=remote.name)
        self.size = os.fstat(self._descriptor).st_size
        if self.size > remote.size:
            self.restart()

    def __enter__(self) -> Partial:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._close()

    def validator(self, url: str) -> str | None:
        """The validator (RFC 9110, 13.1.5) of the file at `url` that these bytes are the beginning of, if known."""
        try:
            with open(self._note, "rb") as file:
                note = json.loads(file.read(_LONGEST_NOTE))
        except (OSError, ValueError):
            return None
        known = isinstance(note, dict) and note.get("url") == url
        return note["validator"] if known and isinstance(note.get("validator"), str) else None

    def note(self, url: str, validator: str) -> None:
        """Write the note: the address of the bytes, and the file's validator."""
        try:
            self._note.write_text(json.dumps({"url": url, "validator": validator}), encoding="utf-8")
        except OSError as error:
            raise self._failure(error) from error

    def append(self, data: bytes) -> None:
        """Append bytes."""
        try:
            os.lseek(self._descriptor, self.size, os.SEEK_SET)
            while data:
                written = os.write(self._descriptor, data)
                self.size += written
                data = data[written:]
        except OSError as error:
            raise self._failure(error) from error

    def restart(self) -> None:
        """Delete all bytes received."""
        try:
            os.ftruncate(self._descriptor, 0)
        except OSError as error:
            raise self._failure(error) from error
        self.size = 0

    def right(self) -> bool:
        """Whether the length and the checksum are those of the complete file."""
        digest = hashlib.sha256()
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        while chunk := os.read(self._descriptor, _CHUNK):
            digest.update(chunk)
        return self.size == self._remote.size and digest.hexdigest() == self._remote.sha256

    def finish(self) -> Path:
        """Flush the bytes to the disk and rename the file to its final name."""
        target = self._folder / self._remote.name
        try:
            os.fsync(self._descriptor)
            self._close()  # Windows cannot rename an open file
            os.replace(self._path, target)
            sync_folder(self._folder)
        except OSError as error:
            raise self._failure(error) from error
        self._forget_note()
        return target

    def discard(self) -> None:
        """Delete the incomplete file and its note."""
        self.restart()
        with suppress(OSError):  # an empty file may stay where it cannot be deleted, as on Windows while open
            self._path.unlink()
        self._forget_note()

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _forget_note(self) -> None:
        with suppress(OSError):  # it is obsolete
            self._note.unlink(missing_ok=True)

    def _failure(self, error: OSError) -> DownloadError:
        return disk_failure(error, self._remote.name, shown(self._folder), self._remote.size)


def _lock(descriptor: int) -> bool:
    """Lock the file against other downloads until it is closed or this process ends; False where it is locked."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1 << 30)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
