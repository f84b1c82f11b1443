"""Reads MNIST from its four bundled files, and believes nothing that it has not verified."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from playground.engine.data import Data, DataError, Pairs
from playground.spec.resources import resource
from playground.spec.storage import FileError, read_bounded, shown
from playground.spec.words import Message, say


@dataclass(frozen=True, slots=True)
class _File:
    """An IDX file as it has to be: compressed name, shape, and SHA-256 of the uncompressed bytes."""

    name: str
    shape: tuple[int, ...]
    sha256: str

    @property
    def header(self) -> bytes:
        """Magic number (two zeros, 8 for unsigned bytes, the number of dimensions) and the lengths, big-endian."""
        return bytes((0, 0, 8, len(self.shape))) + b"".join(length.to_bytes(4, "big") for length in self.shape)


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
_PIECE = 2**16  # compressed bytes that are uncompressed at a time


def read(train_count: int, validation_count: int, folder: Path | None = None) -> Data:
    """Read MNIST and divide it: the first images of the training file to train on, its last held out.

    Images are (N, 1, 28, 28) uint8, white ink on black, labels (N,) int64. Takes under a second.

    Args:
        train_count: how many images to train on.
        validation_count: how many to hold out.
        folder: where the four files are; the bundled ones when None.

    Raises:
        DataError: a file is missing, unreadable or damaged.
    """
    images, labels = _pair(_TRAIN_IMAGES, _TRAIN_LABELS, folder)
    held_out = len(labels) - validation_count
    return Data(
        train=Pairs(images[:train_count], labels[:train_count]),
        validation=Pairs(images[held_out:], labels[held_out:]),
        test=Pairs(*_pair(_TEST_IMAGES, _TEST_LABELS, folder)),
    )


def _pair(images: _File, labels: _File, folder: Path | None) -> tuple[Tensor, Tensor]:
    """Images and labels as tensors."""
    digits = _read(labels, folder)
    if digits.max() > 9:
        raise _damaged(labels, folder, say("it holds the label {label}", label=int(digits.max())))
    return torch.from_numpy(_read(images, folder)).unsqueeze_(1), torch.from_numpy(digits).to(torch.int64)


def _read(file: _File, folder: Path | None) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """One IDX file as an array of its shape, verified to the bit."""
    try:
        path = resource("mnist", file.name) if folder is None else folder / file.name
        compressed = read_bounded(path, _MOST_COMPRESSED)
    except FileError as error:
        advice = say("Playground needs it for MNIST: please install Playground again.")
        raise DataError(say("{why} {advice}", why=error.message, advice=advice)) from error
    raw = _inflate(file, folder, compressed, len(file.header) + prod(file.shape))
    start = len(file.header)
    if raw[:start].tobytes() != file.header:
        raise _damaged(file, folder, say("it is no IDX file of {shape}", shape=" × ".join(map(str, file.shape))))
    if hashlib.sha256(raw.data).hexdigest() != file.sha256:
        raise _damaged(file, folder, say("its checksum does not match"))
    return raw[start:].reshape(file.shape)


def _inflate(file: _File, folder: Path | None, compressed: bytes, length: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Uncompress gzip to exactly `length` bytes; never allocates more than one piece beyond them.

    In pieces, straight to where they stay: one copy of everything would keep the window's thread waiting for as long.
    """
    raw, filled = np.empty(length, np.uint8), 0
    decompressor = zlib.decompressobj(wbits=31)  # 31: gzip with its header and checksum
    try:
        for begin in range(0, len(compressed), _PIECE):
            piece = decompressor.decompress(memoryview(compressed)[begin : begin + _PIECE], length - filled + 1)
            if decompressor.unused_data or filled + len(piece) > length:
                filled += len(piece) + 1  # too much, whatever may follow
                break
            raw[filled : filled + len(piece)] = np.frombuffer(piece, np.uint8)
            filled += len(piece)
    except zlib.error as error:
        raise _damaged(file, folder, say("it cannot be uncompressed")) from error
    if filled != length or not decompressor.eof:
        raise _damaged(file, folder, say("it does not hold the {length:,} bytes it should", length=length))
    return raw


def _damaged(file: _File, folder: Path | None, why: Message) -> DataError:
    path = resource("mnist", file.name) if folder is None else folder / file.name
    return DataError(
        say(
            "MNIST’s file “{file}” is damaged: {why}. Please install Playground again, or put the original file there.",
            file=shown(path),
            why=why,
        )
    )
