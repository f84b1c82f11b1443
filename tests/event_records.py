"""Reads TensorBoard's event files with nothing but their two specifications: TFRecord and protocol buffers."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

_POLYNOMIAL = 0x82F63B78  # of CRC-32C, reflected


class Scalar(NamedTuple):
    """One value."""

    step: int
    value: float
    time: float  # seconds since 1970


def scalars_in(path: Path) -> dict[str, list[Scalar]]:
    """The scalars of an event file by their tags."""
    found: dict[str, list[Scalar]] = {}
    for record in records(path.read_bytes()):
        event = fields(record)
        time, step = struct.unpack("<d", event[1][0])[0], event.get(2, [0])[0]
        for summary in event.get(5, []):
            for value in fields(summary).get(1, []):
                parts = fields(value)
                if 2 in parts:
                    scalar = Scalar(step, struct.unpack("<f", parts[2][0])[0], time)
                    found.setdefault(parts[1][0].decode(), []).append(scalar)
    return found


def records(data: bytes) -> Iterator[bytes]:
    """The records of a TFRecord file, whose checksums are verified."""
    while data:
        header, (length,) = data[:8], struct.unpack("<Q", data[:8])
        body = data[12 : 12 + length]
        assert struct.unpack("<I", data[8:12])[0] == masked_crc(header)
        assert struct.unpack("<I", data[12 + length : 16 + length])[0] == masked_crc(body)
        yield body
        data = data[16 + length :]


def masked_crc(data: bytes) -> int:
    """CRC-32C, rotated and shifted as TFRecord wants it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (_POLYNOMIAL if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def fields(data: bytes) -> dict[int, list[Any]]:
    """The fields of a message by their numbers: integers, and for all else bytes."""
    found: dict[int, list[Any]] = {}
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == 0:
            value: int | bytes
            value, at = _varint(data, at)
        else:
            size, at = _varint(data, at) if kind == 2 else ({1: 8, 5: 4}[kind], at)
            value, at = data[at : at + size], at + size
        found.setdefault(key >> 3, []).append(value)
    return found


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
