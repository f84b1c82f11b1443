"""Finds held-out pictures whose files are also trained on, where pictures are read from disk as memory is too small."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

_MOST_HELD_OUT = 500  # files that are compared, evenly spread
_MOST_TRAINED = 100_000  # files whose sizes are looked at
_MOST_BYTES = 100_000_000  # that are read


class Copies(NamedTuple):
    """How many of the held-out files that were compared are, byte for byte, among those trained on."""

    common: int
    compared: int


def copies(root: Path, trained: Sequence[str], held_out: Sequence[str]) -> Copies:
    """Compare some of the held-out files with those trained on: their sizes, and where these agree their contents.

    Of each, evenly spread ones are taken. Files that cannot be read count as different; those beyond `_MOST_BYTES` are
    not compared.
    """
    asked = dict(_sizes(root, _spread(held_out, _MOST_HELD_OUT)))
    wanted, alike = set(asked.values()), dict[int, list[str]]()
    for path, size in _sizes(root, _spread(trained, _MOST_TRAINED)):
        if size in wanted:
            alike.setdefault(size, []).append(path)
    room, common, compared, known = _MOST_BYTES, 0, 0, dict[str, bytes]()
    for path, size in asked.items():
        others = [other for other in alike.get(size, []) if other not in known]
        room -= size * (1 + len(others)) if alike.get(size) else 0
        if room < 0:
            break
        compared += 1
        if size in alike:
            known |= {other: _digest(root / other) for other in others}
            digest = _digest(root / path)
            common += any(known[other] == digest != b"" for other in alike[size])
    return Copies(common, compared)


def _spread(paths: Sequence[str], most: int) -> Sequence[str]:
    step = max(1, -(-len(paths) // most))
    return paths[::step]


def _sizes(root: Path, paths: Sequence[str]) -> Iterator[tuple[str, int]]:
    for path in paths:
        try:
            yield path, (root / path).stat().st_size
        except OSError:  # training says so when it needs the picture
            continue


def _digest(path: Path) -> bytes:
    """The SHA-256 of a file; empty where it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return b""
