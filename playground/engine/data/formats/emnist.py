"""Reads EMNIST's letters from NIST's archive (Cohen, Afshar, Tapson and van Schaik, 2017).

Its pictures are stored column by column, so they are transposed here. Its labels are 1 to 26, the same for upper and
lower case.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np

from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.idx import Bytes, ensure_labels, idx, idx_length, inflate
from playground.spec.files.storage import pieces, shown
from playground.spec.messages import message

TRAIN, TEST = 124_800, 20_800
LETTERS = 26
_SIDE = 28
_LARGEST = 64 * 2**20  # bytes of a compressed member; the largest has some 31 million


def letters(path: Path, part: str, count: int) -> tuple[Bytes, Bytes]:
    """The pictures (count, 28, 28), upright, and labels (count,) from 0 (A) to 25 (Z) of `part`: `train` or `test`.

    Raises:
        Damaged: they are missing from the archive, or invalid.
    """
    name = f"gzip/emnist-letters-{part}-"
    images = _member(path, f"{name}images-idx3-ubyte.gz", (count, _SIDE, _SIDE))
    labels = _member(path, f"{name}labels-idx1-ubyte.gz", (count,))
    ensure_labels(labels, 1, LETTERS, shown(path))
    return np.ascontiguousarray(images.transpose(0, 2, 1)), labels - np.uint8(1)


def _member(path: Path, name: str, shape: tuple[int, ...]) -> Bytes:
    """One of the archive's files, uncompressed twice: the ZIP archive contains gzip files."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as file:
            compressed = b"".join(pieces(file, _LARGEST + 1))
    except KeyError as error:
        raise Damaged(shown(path), message("“{name}” is not in it", name=name)) from error
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Damaged(shown(path), message("“{name}” in it cannot be uncompressed", name=name)) from error
    if len(compressed) > _LARGEST:
        raise Damaged(shown(path), message("“{name}” in it is too large", name=name))
    return idx(inflate(compressed, idx_length(shape), name), shape, name)
