"""MNIST's training file as arrays, for those who have no torch in their process."""

from __future__ import annotations

import gzip

import numpy as np
from numpy.typing import NDArray

from playground.spec.files.resources import resource


def images() -> NDArray[np.float32]:
    """(60000, 28, 28) in [0, 1]."""
    return _read("train-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28).astype(np.float32) / np.float32(255)


def labels() -> NDArray[np.int32]:
    """(60000,)."""
    return _read("train-labels-idx1-ubyte.gz", 8).astype(np.int32)


def _read(name: str, header: int) -> NDArray[np.uint8]:
    return np.frombuffer(gzip.decompress(resource("mnist", name).read_bytes()), np.uint8, offset=header)
