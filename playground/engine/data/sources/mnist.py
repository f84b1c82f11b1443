"""Reads MNIST from its four bundled files, and verifies them before use."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playground.engine.data.formats.checksum import ensure_checksum
from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.idx import Bytes, idx, idx_length, inflate
from playground.engine.data.in_memory import Data, DataError
from playground.engine.data.sources.idx_files import divided
from playground.spec.files.resources import resource
from playground.spec.files.storage import FileError, read_bounded, shown
from playground.spec.messages import message, tr_noop


@dataclass(frozen=True, slots=True)
class _File:
    """One of the IDX files: its compressed name, shape, and SHA-256 of the uncompressed bytes."""

    name: str
    shape: tuple[int, ...]
    sha256: str


_TRAIN_IMAGES = _File(
    "train-images-idx3-ubyte.gz",
    (60_000, 28, 28),
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
)
_TRAIN_LABELS = _File(
    "train-labels-idx1-ubyte.gz",
    (60_000,),
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
)
_TEST_IMAGES = _File(
    "t10k-images-idx3-ubyte.gz",
    (10_000, 28, 28),
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
)
_TEST_LABELS = _File(
    "t10k-labels-idx1-ubyte.gz",
    (10_000,),
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
)

_MOST_COMPRESSED = 32 * 2**20  # bytes; the largest file has 10 million


def read(train_count: int, validation_count: int, folder: Path | None = None) -> Data:
    """Read MNIST and split it: the first images of the training file for training, its last for validation.

    Images are (N, 1, 28, 28) uint8, white ink on black, labels (N,) int64. Takes under a second.

    Args:
        train_count: number of training images.
        validation_count: number of validation images.
        folder: the folder of the four files; None for the bundled ones.

    Raises:
        DataError: a file is missing, unreadable or damaged.
    """
    labels, images = _read(_TRAIN_LABELS, folder), _read(_TRAIN_IMAGES, folder)
    test_labels, test_images = _read(_TEST_LABELS, folder), _read(_TEST_IMAGES, folder)
    return divided(images[:, None], labels, (test_images[:, None], test_labels), train_count, validation_count)


def _read(file: _File, folder: Path | None) -> Bytes:
    """One IDX file as an array of its shape; its checksum is verified, and with it the range of labels."""
    try:
        path = resource("mnist", file.name) if folder is None else folder / file.name
        compressed = read_bounded(path, _MOST_COMPRESSED)
    except FileError as error:
        advice = message("Playground needs it for MNIST: please install Playground again.")
        raise DataError(message("{why} {advice}", why=error.message, advice=advice)) from error
    try:
        raw = inflate(compressed, idx_length(file.shape), file.name)
        values = idx(raw, file.shape, file.name)
        ensure_checksum(raw.data, file.sha256, file.name)
    except Damaged as damage:
        words = tr_noop(
            "MNIST’s file “{file}” is damaged: {why}. Please install Playground again, or put the original file there."
        )
        raise DataError(message(words, file=shown(path), why=damage.why)) from damage
    return values
