"""The document of an open window on disk, from which it can be recovered after the window was killed.

Each window has a folder of its own, with the document and a lock that the window holds as long as it lives. The system
releases the lock when the process ends, also at a power cut, so that a free lock means a dead window.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from playground.spec.experiment import Experiment
from playground.spec.files import checksum
from playground.spec.files.experiment_file import MOST_BYTES, experiment_bytes, parse_experiment
from playground.spec.files.file_lock import try_lock
from playground.spec.files.storage import (
    FileError,
    make_folder,
    read_bounded,
    shown,
    why_not_read,
    why_not_written,
    write_atomically,
)
from playground.spec.messages import Message, PlaygroundError, message, tr_noop

FORMAT = "playground recovery"
VERSION = 1
DOCUMENT = "document.json"
LOCK = "lock"  # empty
ASIDE = "damaged"  # added to the name of a document that could not be read
_PART = ".part"  # ending of an incomplete file, see `write_atomically`
_ATTEMPTS = 10  # to make a folder that no other window takes for one of a dead window


def default_folder() -> Path:
    """The default folder of all windows, in the platform's folder for user data; it need not exist."""
    return user_data_path("Playground", appauthor=False) / "recovery"


@dataclass(frozen=True)
class Recovery:
    """A document as it was in a window, and what belongs to it."""

    experiment: Experiment
    path: Path | None = None  # the file that a save writes
    source: Path | None = None  # the trained network that it was opened from
    saved: Experiment | None = None  # contents of the file at `path`, as last read or written
    modified: bool = True  # whether there are unsaved changes
    run_id: str | None = None  # the stored run that goes on, if one does
    time: datetime | None = None  # when it was written


class RecoveryFolder:
    """The folder of one window, whose lock this object holds. It is made by the first write, or taken over."""

    def __init__(self, path: Path, lock: int | None = None) -> None:
        """`lock` is the descriptor of the locked file; None for a folder that is still to be made."""
        self.path, self._lock = path, lock

    @classmethod
    def new(cls, windows: Path) -> RecoveryFolder:
        """A folder for a new window, in the folder of all windows; nothing is written yet."""
        return cls(windows / secrets.token_hex(8))

    @property
    def made(self) -> bool:
        """Whether there is a folder, locked by this object."""
        return self._lock is not None

    def write(self, recovery: Recovery) -> None:
        """Write the document: after a kill or a power cut the old or the new one is there, and complete.

        Raises:
            FileError: it could not be written.
        """
        try:
            self._make()
        except OSError as error:
            raise FileError(why_not_written(self.path, error)) from error
        write_atomically(self.path / DOCUMENT, _to_bytes(recovery))

    def read(self) -> Recovery:
        """Read the document.

        Raises:
            FileError: it is damaged.
        """
        return _from_bytes(read_bounded(self.path / DOCUMENT, 3 * MOST_BYTES))

    def set_aside(self) -> Path:
        """Rename a damaged document, so that it is kept, but not read again; return its new name.

        Raises:
            OSError: it could not be renamed.
        """
        aside = self.path.parent / f"{self.path.name}.{ASIDE}"
        os.replace(self.path / DOCUMENT, aside)
        self.remove()
        return aside

    def remove(self) -> None:
        """Delete the folder and release its lock; a later write makes it again.

        Raises:
            OSError: a file could not be deleted.
        """
        if self._lock is None:
            return
        self.clean()
        (self.path / DOCUMENT).unlink(missing_ok=True)
        if os.name == "nt":  # a file that is open cannot be deleted there
            self.release()
        (self.path / LOCK).unlink(missing_ok=True)
        self.release()
        with suppress(OSError):  # another window is looking at it at this moment, and removes it
            self.path.rmdir()

    def clean(self) -> None:
        """Delete incomplete files of a killed process.

        Raises:
            OSError: a file could not be deleted.
        """
        for name in os.listdir(self.path):
            if name.endswith(_PART):
                (self.path / name).unlink(missing_ok=True)

    def release(self) -> None:
        """Release the lock; the files stay, and count as those of a dead window."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _make(self) -> None:
        """Make the folder and lock it, unless that is done; under another name if a window took it for a dead one."""
        for _ in range(_ATTEMPTS):
            if self._lock is not None:
                return
            make_folder(self.path)
            self._lock = _locked(self.path)
            if self._lock is None:
                self.path = self.path.with_name(secrets.token_hex(8))
                time.sleep(0.01)
        if self._lock is None:
            raise TimeoutError("it is in use")


def abandoned(windows: Path) -> tuple[list[tuple[RecoveryFolder, Recovery]], list[Message]]:
    """Find the documents of dead windows, the latest first, with a sentence for each that is damaged.

    The locks of those that are found are held, so that no other window offers them too. What needs no recovery is
    deleted, and a damaged document is set aside.
    """
    found: list[tuple[RecoveryFolder, Recovery]] = []
    refused: list[Message] = []
    for path in _subfolders(windows):
        try:
            lock = _locked(path)
            if lock is None:
                continue  # its window lives
            folder = RecoveryFolder(path, lock)
            folder.clean()
            if not (path / DOCUMENT).exists():
                folder.remove()
                continue
            try:
                recovery = folder.read()
            except PlaygroundError as error:
                refused.append(_refusal(folder.set_aside(), error))
                continue
            if recovery.modified or recovery.run_id:
                found.append((folder, recovery))
            else:
                folder.remove()
        except FileNotFoundError:  # another window has just dealt with it
            continue
        except OSError as error:
            refused.append(why_not_read(path, error))
    found.sort(key=lambda item: item[1].time or datetime.min.replace(tzinfo=UTC), reverse=True)
    return found, refused


def _subfolders(windows: Path) -> list[Path]:
    try:
        return sorted(path for path in windows.iterdir() if path.is_dir())
    except OSError:  # it does not exist, or cannot be read: there is nothing to offer
        return []


def _locked(folder: Path) -> int | None:
    """The descriptor of the folder's lock, locked; None if another window holds it or has just deleted it."""
    try:
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    except FileNotFoundError:
        return None
    try:
        if try_lock(descriptor) and os.path.samestat(os.fstat(descriptor), os.stat(folder / LOCK)):
            return descriptor
    except FileNotFoundError:
        pass
    os.close(descriptor)
    return None


def _refusal(aside: Path, error: PlaygroundError) -> Message:
    words = tr_noop("A document that was not saved cannot be recovered. {why} Its file is kept as “{file}”.")
    return message(words, why=error.message, file=shown(aside))


def _to_bytes(recovery: Recovery) -> bytes:
    record = {
        "format": FORMAT,
        "version": VERSION,
        checksum.KEY: checksum.UNSEALED,
        "title": recovery.experiment.name,  # for people who look into the file
        "time": (recovery.time or datetime.now(UTC)).isoformat(),
        "modified": recovery.modified,
        "run_id": recovery.run_id,
        "path": None if recovery.path is None else str(recovery.path),
        "source": None if recovery.source is None else str(recovery.source),
        "saved": None if recovery.saved is None else experiment_bytes(recovery.saved).decode(),
        "experiment": experiment_bytes(recovery.experiment).decode(),
    }
    return checksum.add_checksum(json.dumps(record, indent=2).encode() + b"\n")  # ASCII: a path may be no Unicode


def _from_bytes(data: bytes) -> Recovery:
    checksum.verify(data)
    record: Any = json.loads(data)  # as it was written, by the checksum
    if not isinstance(record, dict) or record.get("format") != FORMAT or record.get("version") != VERSION:
        raise FileError(message("It was written by another version of Playground."))
    try:
        saved = record["saved"]
        return Recovery(
            experiment=parse_experiment(record["experiment"].encode()),
            path=_path(record, "path"),
            source=_path(record, "source"),
            saved=None if saved is None else parse_experiment(saved.encode()),
            modified=bool(record["modified"]),
            run_id=record["run_id"],
            time=datetime.fromisoformat(record["time"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise FileError(message("It was written by another version of Playground.")) from error


def _path(record: Mapping[str, Any], key: str) -> Path | None:
    return None if record[key] is None else Path(record[key])
