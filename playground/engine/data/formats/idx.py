"""Reads and writes IDX, the format of MNIST and similar data sets: a magic number, the lengths, and then bytes.

Described by Yann LeCun on MNIST's page: two zeros, 8 for unsigned bytes, the number of dimensions, each length as four
bytes, big-endian; the values follow, the last dimension running fastest.
"""

from __future__ import annotations

import zlib
from math import prod

import numpy as np
import numpy.typing as npt

from playground.engine.data.formats.damage import Damaged
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.messages import message

Bytes = npt.NDArray[np.uint8]


_PIECE = 2**16  # compressed bytes per step


def inflate(compressed: bytes, length: int, file: str) -> Bytes:
    """Uncompress gzip to exactly `length` bytes, (length,), allocating at most one piece more.

    It works in pieces, directly into the result: one copy of all bytes would hold the global lock for too long.

    Raises:
        Damaged: it is not gzip, or has more or fewer bytes.
        Cancelled: see `stop_if_cancelled`.
    """
    raw, filled = np.empty(length, np.uint8), 0
    decompressor = zlib.decompressobj(wbits=31)  # 31: gzip with its header and checksum
    try:
        for begin in range(0, len(compressed), _PIECE):
            stop_if_cancelled()
            piece = decompressor.decompress(memoryview(compressed)[begin : begin + _PIECE], length - filled + 1)
            if decompressor.unused_data or filled + len(piece) > length:
                filled += len(piece) + 1  # too many bytes
                break
            raw[filled : filled + len(piece)] = np.frombuffer(piece, np.uint8)
            filled += len(piece)
    except zlib.error as error:
        raise Damaged(file, message("it cannot be uncompressed")) from error
    if filled != length or not decompressor.eof:
        raise Damaged(file, message("it does not have the {length:,} bytes it should", length=length))
    return raw


def idx_length(shape: tuple[int, ...]) -> int:
    """Bytes of an uncompressed IDX file of that shape."""
    return 4 + 4 * len(shape) + prod(shape)


def idx(raw: Bytes, shape: tuple[int, ...], file: str) -> Bytes:
    """The values of an uncompressed IDX file, which share its memory.

    Raises:
        Damaged: it is not an IDX file of unsigned bytes in that shape.
    """
    header = _header(shape)
    if raw[: len(header)].tobytes() != header or len(raw) != idx_length(shape):
        raise Damaged(file, message("it is not an IDX file of {shape}", shape=" × ".join(f"{n:,}" for n in shape)))
    return raw[len(header) :].reshape(shape)


def idx_bytes(values: Bytes) -> bytes:
    """An uncompressed IDX file of these values."""
    return _header(values.shape) + values.tobytes()


def _header(shape: tuple[int, ...]) -> bytes:
    return bytes((0, 0, 8, len(shape))) + b"".join(length.to_bytes(4, "big") for length in shape)


def ensure_labels(labels: Bytes, low: int, high: int, file: str) -> None:
    """Raise Damaged where a label is not between `low` and `high`."""
    for found in (int(labels.min()), int(labels.max())):
        if not low <= found <= high:
            raise Damaged(file, message("it has the label {label}", label=found))
