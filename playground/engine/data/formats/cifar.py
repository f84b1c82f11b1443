"""Reads CIFAR-10's binary version (Krizhevsky, 2009) from its archive, without pickle and without unpacking to disk.

A batch has 10,000 records of 3,073 bytes: the label, then 1,024 bytes of red, of green and of blue, row by row.
"""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import numpy as np

from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.idx import Bytes, ensure_labels
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.files.storage import shown
from playground.spec.messages import message

TRAIN, TEST = 50_000, 10_000
CLASSES = 10
BATCHES = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
_TEST = "test_batch.bin"
_PICTURE = (3, 32, 32)
_PER_BATCH = 10_000
_RECORD = 1 + 3 * 32 * 32  # bytes
_MOST = 200_000_000  # bytes in the uncompressed archive


def cifar10(path: Path) -> tuple[Bytes, Bytes, Bytes, Bytes]:
    """Pictures (N, 3, 32, 32) and labels (N,) from 0 to 9: of 50,000 training samples, then of 10,000 test samples.

    Raises:
        Damaged: some are missing from the archive, or invalid.
    """
    batches = dict(_batches(path))
    for name in (*BATCHES, _TEST):
        if name not in batches:
            raise Damaged(shown(path), message("“{name}” is not in it", name=name))
    train = np.concatenate([batches.pop(name) for name in BATCHES])
    test = batches.pop(_TEST)
    for labels in (train[:, 0], test[:, 0]):
        ensure_labels(labels, 0, CLASSES - 1, shown(path))
    return _pictures(train), train[:, 0].copy(), _pictures(test), test[:, 0].copy()


def _pictures(records: Bytes) -> Bytes:
    return np.ascontiguousarray(records[:, 1:]).reshape(-1, *_PICTURE)


def _batches(path: Path) -> Iterator[tuple[str, Bytes]]:
    """The batches by name, each (10,000, 3,073), in the order of the archive."""
    wanted = {*BATCHES, _TEST}
    try:
        with (
            gzip.open(path) as raw,
            tarfile.open(fileobj=cast(IO[bytes], _Bounded(raw, path)), mode="r|") as archive,
        ):
            for member in archive:
                name = member.name.removeprefix("cifar-10-batches-bin/")
                if name not in wanted or not member.isreg():
                    continue
                wanted.remove(name)  # a second one of that name is ignored
                yield name, _batch(archive, member, path)
    except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
        raise Damaged(shown(path), message("it cannot be unpacked")) from error


def _batch(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> Bytes:
    length = _PER_BATCH * _RECORD
    file = archive.extractfile(member) if member.size == length else None
    data = file.read(length) if file else b""
    if len(data) != length:
        words = message("“{name}” in it does not have the {length:,} bytes it should", name=member.name, length=length)
        raise Damaged(shown(path), words)
    return np.frombuffer(data, np.uint8).reshape(_PER_BATCH, _RECORD)


class _Bounded:
    """The file that tarfile reads; it raises Damaged where the archive expands to more than `_MOST` bytes."""

    def __init__(self, file: gzip.GzipFile, path: Path) -> None:
        self._file, self._path, self._left = file, path, _MOST

    def read(self, size: int) -> bytes:
        if size > self._left:
            raise Damaged(shown(self._path), message("it is larger than it should be"))
        stop_if_cancelled()
        data = self._file.read(size)
        self._left -= len(data)
        return data
