"""IDX files, right and wrong."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from playground.engine.data.formats.checksum import ensure_checksum
from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.idx import ensure_labels, idx, idx_length, inflate


def _file(values: np.ndarray) -> bytes:
    return bytes((0, 0, 8, values.ndim)) + b"".join(n.to_bytes(4, "big") for n in values.shape) + values.tobytes()


VALUES = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)


def _packed(count: int) -> bytes:
    return gzip.compress(bytes(count), mtime=0)  # the name of a test tells no time: each process must find the same


def test_what_was_written_is_read() -> None:
    compressed = gzip.compress(_file(VALUES))
    raw = inflate(compressed, idx_length((2, 3, 4)), "file")
    assert np.array_equal(idx(raw, (2, 3, 4), "file"), VALUES)


@pytest.mark.parametrize(
    "raw",
    [b"", _file(VALUES)[:-1], _file(VALUES) + b"\0", b"\1" + _file(VALUES)[1:], _file(VALUES[:1]), _file(VALUES.T)],
)
def test_another_shape_or_magic_is_refused(raw: bytes) -> None:
    with pytest.raises(Damaged, match="“file” cannot be used: it is not an IDX file of 2 × 3 × 4"):
        idx(np.frombuffer(raw, np.uint8), (2, 3, 4), "file")


@pytest.mark.parametrize("compressed", [b"", b"no gzip", _packed(9), _packed(11), _packed(10)[:-1]])
def test_what_does_not_uncompress_to_its_length_is_refused(compressed: bytes) -> None:
    with pytest.raises(Damaged):
        inflate(compressed, 10, "file")


def test_labels_out_of_range_are_refused() -> None:
    labels = np.array([1, 26, 3], np.uint8)
    ensure_labels(labels, 1, 26, "file")
    for low, high, found in ((2, 26, 1), (1, 25, 26)):
        with pytest.raises(Damaged, match=f"the label {found}"):
            ensure_labels(labels, low, high, "file")


def test_another_checksum_is_refused() -> None:
    with pytest.raises(Damaged, match="checksum"):
        ensure_checksum(b"data", "0" * 64, "file")
