"""Applies changes of single examples to targets and to the training part; exported programs copy these functions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

DIGITS = 12  # hexadecimal ones of a digest


def sample_digest(contents: bytes) -> str:
    """The first 12 hexadecimal digits of the SHA-256 of a sample's contents."""
    return hashlib.sha256(contents).hexdigest()[:12]


def row_contents(cells: Iterable[str]) -> bytes:
    """The contents of a row of a table: the texts of all its cells, used or not, each ended by U+001F."""
    return "".join(f"{cell}\x1f" for cell in cells).encode("utf-8", "surrogatepass")


def with_changes(
    changes: Iterable[tuple[int, str, int | None]],
    targets: Any,
    train: Iterable[int],
    held_out: Iterable[int],
    tested: Iterable[int],
    contents: Callable[[int], bytes],
) -> list[int]:
    """Give samples their changed classes, in `targets`; return the training samples without those left out.

    A sample that is in none of the three parts stays unused, whatever is changed about it. One that is left out stays
    in the validation part, if another split has put it there; one in the test part stays as it is.

    Args:
        changes: the number of a sample, the digest of its contents, and its class; None: it is left out of training.
        targets: the class of each sample, in an array that is modified.
        train: the numbers of the training samples.
        held_out: those of the validation samples: their classes are changed, but none is left out.
        tested: those of the test samples, which are never changed.
        contents: returns the contents of a sample.

    Raises:
        ValueError: a sample is not the one that was changed; the arguments are its number, and what it is now.
    """
    train, validated, tests, left_out = list(train), set(held_out), set(tested), set()
    for number, digest, label in changes:
        if number >= len(targets) or sample_digest(contents(number)) != digest:
            raise ValueError(number, "another one")
        if number in tests:
            continue
        if label is not None:
            targets[number] = label
        elif number not in validated:
            left_out.add(number)
    return [number for number in train if number not in left_out]
