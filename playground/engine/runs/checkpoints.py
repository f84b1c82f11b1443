"""Checkpoints of a run: when one is due, and its file.

A checkpoint is one file in the folder of its run. Its name says the step, the completed epochs and the beginning of the
SHA-256 of its bytes, so that no second file has to agree with it: `checkpoint-860-1-0123456789abcdef.safetensors`.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from playground.engine.runs.run_record import RunError
from playground.spec.files.file_kind import NETWORK_SUFFIX
from playground.spec.files.storage import sync_folder
from playground.spec.messages import message, tr_noop

PART = ".part"  # how the names of files end that are not complete yet
_NAME = re.compile(rf"checkpoint-(\d{{1,18}})-(\d{{1,18}})-([0-9a-f]{{16}}){re.escape(NETWORK_SUFFIX)}")

Write = Callable[[Path], None]  # writes a whole file to the path it gets


class Checkpoint(NamedTuple):
    """A complete checkpoint on disk."""

    step: int  # batches learned from
    epoch: int  # completed epochs
    digest: str
    size: int  # bytes

    @property
    def name(self) -> str:
        """Of its file."""
        return f"checkpoint-{self.step}-{self.epoch}-{self.digest}{NETWORK_SUFFIX}"


class CheckpointRule:
    """When to write a checkpoint: at the end of an epoch, at most one a second, and at least every 30 seconds.

    Of a large network, whose checkpoints take long, they are rarer than one a second: all of them together may take
    1.5 % of the time. A network learns most at the beginning: in the first epoch of a run there is also one after the
    steps 1, 4, 16, 64 and so on, if `early` is set. Times are seconds of a clock that never goes back. Whoever trains
    also writes one when the run ends or pauses.
    """

    LEAST = 1.0  # seconds between two
    MOST = 30.0
    SHARE = 0.015
    FACTOR = 4  # between the steps of early ones

    def __init__(self, now: float, early: bool = False) -> None:
        self._last = now
        self._early: int | None = 1 if early else None
        self.cost = 0.0  # seconds that the last checkpoint took

    def early(self, step: int) -> bool:
        """Whether to write an early checkpoint after this step; it then counts as written."""
        if self._early is None or step < self._early:
            return False
        while self._early <= step:
            self._early *= self.FACTOR
        return True

    def due(self, now: float, epoch_ended: bool) -> bool:
        """Whether to write a checkpoint now; it then counts as written."""
        if epoch_ended:
            self._early = None
        waited = now - self._last
        if waited >= self.MOST or (epoch_ended and waited >= max(self.LEAST, self.cost / self.SHARE)):
            self._last = now
            return True
        return False


def checkpoints_in(folder: Path) -> list[Checkpoint]:
    """The complete checkpoints of a run, by step.

    Raises:
        OSError: the folder cannot be read.
    """
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if parts := _NAME.fullmatch(entry.name):
                found.append(Checkpoint(int(parts[1]), int(parts[2]), parts[3], entry.stat().st_size))
    return sorted(found)


def write_checkpoint(folder: Path, step: int, epoch: int, write: Write) -> Checkpoint:
    """Let a callable write a checkpoint, and move it into the folder of its run, complete or not at all.

    Raises:
        OSError, FileError: it could not be written; nothing was left behind, unless the process was killed.
    """
    temporary = folder / f".{os.urandom(8).hex()}{PART}"
    try:
        write(temporary)
        with open(temporary, "rb+") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()[:16]
            os.fsync(file.fileno())
        checkpoint = Checkpoint(step, epoch, digest, temporary.stat().st_size)
        os.replace(temporary, folder / checkpoint.name)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(folder)
    for other in checkpoints_in(folder):  # the same step again, after going back to an earlier one
        if other.step == step and other.digest != checkpoint.digest:
            (folder / other.name).unlink(missing_ok=True)
    return checkpoint


def verified(folder: Path, checkpoint: Checkpoint) -> Path:
    """The file of a checkpoint, after verifying its checksum.

    Raises:
        RunError: it is missing, unreadable or damaged.
    """
    path = folder / checkpoint.name
    try:
        with open(path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        words = tr_noop("The checkpoint of step {step} cannot be read: {why}.")
        raise RunError(message(words, step=checkpoint.step, why=error.strerror or repr(error))) from error
    if digest[:16] != checkpoint.digest:
        words = tr_noop("The checkpoint of step {step} was damaged, or changed after it was written.")
        raise RunError(message(words, step=checkpoint.step))
    return path
