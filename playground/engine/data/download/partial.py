"""What has arrived of a file so far: kept beside its final name, gone on from, checked, and put in place whole."""

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

_CHUNK = 1 << 20  # bytes read at once to compute the checksum
_LONGEST_NOTE = 4_000  # bytes


class Partial:
    """The bytes of `remote` that lie in `folder`, open and locked: nobody else downloads into them meanwhile.

    Beside them stands a note of where they come from and by what the server would know that its file has changed.
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
        """By what the server at `url` knows whether its file is still the one of which this is the beginning."""
        try:
            with open(self._note, "rb") as file:
                note = json.loads(file.read(_LONGEST_NOTE))
        except (OSError, ValueError):
            return None
        known = isinstance(note, dict) and note.get("url") == url
        return note["validator"] if known and isinstance(note.get("validator"), str) else None

    def note(self, url: str, validator: str) -> None:
        """Remember where the bytes come from."""
        try:
            self._note.write_text(json.dumps({"url": url, "validator": validator}), encoding="utf-8")
        except OSError as error:
            raise self._failure(error) from error

    def append(self, data: bytes) -> None:
        """Put bytes behind those that are there."""
        try:
            os.lseek(self._descriptor, self.size, os.SEEK_SET)
            while data:
                written = os.write(self._descriptor, data)
                self.size += written
                data = data[written:]
        except OSError as error:
            raise self._failure(error) from error

    def restart(self) -> None:
        """Forget all that has arrived."""
        try:
            os.ftruncate(self._descriptor, 0)
        except OSError as error:
            raise self._failure(error) from error
        self.size = 0

    def right(self) -> bool:
        """Whether these are the bytes of the file, to the last one."""
        digest = hashlib.sha256()
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        while chunk := os.read(self._descriptor, _CHUNK):
            digest.update(chunk)
        return self.size == self._remote.size and digest.hexdigest() == self._remote.sha256

    def finish(self) -> Path:
        """Let the bytes reach the disk and take the file's name."""
        target = self._folder / self._remote.name
        try:
            os.fsync(self._descriptor)
            self._close()  # Windows renames no open file
            os.replace(self._path, target)
            sync_folder(self._folder)
        except OSError as error:
            raise self._failure(error) from error
        self._forget_note()
        return target

    def discard(self) -> None:
        """Remove what has arrived."""
        self.restart()
        with suppress(OSError):  # it is empty now, and harmless where it cannot be removed, as on Windows while open
            self._path.unlink()
        self._forget_note()

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _forget_note(self) -> None:
        with suppress(OSError):  # it fits nothing any more
            self._note.unlink(missing_ok=True)

    def _failure(self, error: OSError) -> DownloadError:
        return disk_failure(error, self._remote.name, shown(self._folder), self._remote.size)


def _lock(descriptor: int) -> bool:
    """Keep others from downloading into the same file, until it is closed or this process ends."""
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
