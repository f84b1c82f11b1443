"""The folder of one run: experiment, record, curves, checkpoints, and the lock of the process that writes them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from playground.engine.runs import curves
from playground.engine.runs.checkpoints import PART, Checkpoint, checkpoints_in, verified
from playground.engine.runs.curves import Curves, parse_curves
from playground.engine.runs.run_record import MOST_BYTES, RunError, RunRecord, parse_record, record_bytes
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import read_experiment, write_experiment
from playground.spec.files.file_kind import EXPERIMENT_SUFFIX
from playground.spec.files.file_lock import try_lock
from playground.spec.files.storage import FileError, read_bounded, sync_folder, write_atomically
from playground.spec.messages import PlaygroundError, message, tr_noop

EXPERIMENT = f"experiment{EXPERIMENT_SUFFIX}"
RECORD = "run.json"
CURVES = "curves.jsonl"
LOCK = "lock"  # empty
PATIENCE = 0.5  # seconds to wait for a lock: it is held for a moment to change a note, for long while a run goes on
_ATTEMPTS = 3
MOMENT = 0.1  # seconds for which whoever cleans up, or changes a note, may hold it, so that nobody calls it a run


class RunFolder:
    """Reads and writes the files of one run. Only one thread writes, while it holds the lock.

    Reading raises RunError. Writing raises OSError or FileError, and may be tried again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: int | None = None

    def create(self, record: RunRecord, experiment: Experiment) -> None:
        """Create the folder and its missing files; a run exists once its record does."""
        self._make()
        if not (self.path / EXPERIMENT).exists():
            write_experiment(experiment, self.path / EXPERIMENT)
        if not (self.path / CURVES).exists():
            write_atomically(self.path / CURVES, curves.header_line())
        if not (self.path / RECORD).exists():
            self.write_record(record)
            sync_folder(self.path.parent)

    def _make(self) -> None:
        """Make and lock the folder, again if a store that has just been opened takes it for a remainder meanwhile."""
        for _ in range(_ATTEMPTS):
            self.path.mkdir(exist_ok=True)
            with suppress(RunError):  # it was removed before it was locked
                self.lock()
            if self._lock is not None and (self.path / LOCK).exists():
                return
            self.unlock()
        self.path.mkdir(exist_ok=True)
        self.lock()

    @property
    def is_whole(self) -> bool:
        """Whether the files that `create` makes exist."""
        return all((self.path / name).exists() for name in (EXPERIMENT, CURVES, RECORD))

    def lock(self) -> None:
        """Prevent other processes from writing. It does nothing if this object holds the lock already.

        Raises:
            RunError: another process holds it, or another object of this one, and for longer than a moment; or the
                folder is gone.
        """
        if self._lock is not None:
            return
        if not self.path.is_dir() and self.path.parent.is_dir():
            raise RunError(message("The run is no longer there: it was deleted, or moved."))
        descriptor = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
        if not _locks_within(descriptor, PATIENCE):
            os.close(descriptor)
            raise RunError(message("The run is in use in another window: it was not changed."))
        self._lock = descriptor

    @property
    def in_use(self) -> bool:
        """Whether a live process holds the lock, so that the run is running there."""
        try:
            descriptor = os.open(self.path / LOCK, os.O_RDWR)
        except OSError:
            return False
        free = _locks_within(descriptor, MOMENT)
        os.close(descriptor)
        return not free

    def unlock(self) -> None:
        """Release the lock."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock inside the block, and after it only if it was held before.

        Raises:
            RunError: see `lock`.
        """
        held = self._lock is not None
        self.lock()
        try:
            yield
        finally:
            if not held:
                self.unlock()

    def read_record(self) -> RunRecord:
        """Read the record.

        Raises:
            RunError: it is damaged or missing.
        """
        record = parse_record(self._bytes(RECORD, MOST_BYTES))
        if record.run_id != self.path.name:
            raise RunError(message("Its record is that of another run, “{run}”.", run=record.run_id[:60]))
        return record

    @property
    def changed(self) -> datetime:
        """When the record was written last.

        Raises:
            OSError: it is missing.
        """
        return datetime.fromtimestamp((self.path / RECORD).stat().st_mtime, UTC)

    def write_record(self, record: RunRecord) -> None:
        """Replace the record."""
        write_atomically(self.path / RECORD, record_bytes(record))

    def write_experiment(self, experiment: Experiment) -> None:
        """Replace the experiment."""
        write_experiment(experiment, self.path / EXPERIMENT)

    def read_experiment(self) -> Experiment:
        """Read the experiment.

        Raises:
            RunError: it is damaged or missing.
        """
        try:
            return read_experiment(self.path / EXPERIMENT)
        except PlaygroundError as error:
            raise RunError(error.message) from error

    def read_curves(self, size: int | None = None) -> Curves:
        """Read the curves; `size` is how many bytes they should have, where that is known: of a run that ended.

        Those of another are flushed with each checkpoint, so that a power cut may have damaged what follows the last.

        Raises:
            RunError: they are damaged or missing, or not of that size.
        """
        flushed = max((item.step for item in self.checkpoints()), default=0) if size is None else None
        found = parse_curves(self._bytes(CURVES, curves.MOST_BYTES), flushed)
        if size is not None and found.size != size:
            words = tr_noop("Its curves should have {expected:,} bytes, but have {found:,}.")
            raise RunError(message(words, expected=size, found=found.size))
        return found

    def append(self, size: int, data: bytes, sync: bool) -> int:
        """Append to the curves, which have `size` bytes of whole lines; return how many they have then.

        What an attempt that failed left behind `size` is overwritten.
        """
        with open(self.path / CURVES, "rb+") as file:
            if file.seek(0, os.SEEK_END) < size:  # somebody cut it off: what is missing is missing
                size = file.tell()
            file.seek(size)
            file.truncate()
            file.write(data)
            file.flush()
            if sync:
                os.fsync(file.fileno())
        return size + len(data)

    def checkpoints(self) -> list[Checkpoint]:
        """The complete checkpoints, by step.

        Raises:
            RunError: the folder cannot be read.
        """
        try:
            return checkpoints_in(self.path)
        except OSError as error:
            words = tr_noop("The folder of the run cannot be read: {why}.")
            raise RunError(message(words, why=error.strerror or repr(error))) from error

    def verified(self, checkpoint: Checkpoint) -> Path:
        """The file of a checkpoint, see `checkpoints.verified`."""
        return verified(self.path, checkpoint)

    def remove(self, checkpoint: Checkpoint) -> None:
        """Delete a checkpoint, if it still exists."""
        (self.path / checkpoint.name).unlink(missing_ok=True)

    def has_learned(self) -> bool:
        """Whether curves or checkpoints exist, even if the record is lost.

        Raises:
            OSError: the folder cannot be read.
        """
        path = self.path / CURVES
        return bool(checkpoints_in(self.path)) or (path.exists() and path.stat().st_size > len(curves.header_line()))

    def clean(self) -> None:
        """Delete incomplete files of a killed process, unless a live one is writing here."""
        if self.in_use:
            return
        try:
            with self.locked():
                names = set(os.listdir(self.path))
                for name in names:
                    if name.endswith(PART):
                        (self.path / name).unlink(missing_ok=True)
                if RECORD not in names and not self.has_learned():  # killed while it was made
                    for name in (EXPERIMENT, CURVES, LOCK):
                        (self.path / name).unlink(missing_ok=True)
                    self.path.rmdir()
        except RunError:  # a living process writes here
            return

    def _bytes(self, name: str, most: int) -> bytes:
        try:
            return read_bounded(self.path / name, most)
        except FileError as error:
            raise RunError(error.message) from error


def _locks_within(descriptor: int, patience: float) -> bool:
    """Try for so many seconds to lock an open file until it is closed; return whether it is locked."""
    deadline = time.monotonic() + patience
    while not try_lock(descriptor):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True
