"""A checksum inside a document, over all of its bytes, so that any damage is noticed before anything is believed."""

from __future__ import annotations

import hashlib
import re

from playground.spec.files.storage import FileError
from playground.spec.messages import message

KEY = "checksum"
# What a document holds until it is sealed: the value of a key "checksum" in its JSON.
UNSEALED = "sha256:" + 64 * "0"

# In JSON a quotation mark inside a string is escaped, so this is never found within a text.
_PLACE = re.compile(rb'"checksum"\s*:\s*"sha256:([0-9a-f]{64})"')


def add_checksum(data: bytes) -> bytes:
    """Return the document with its checksum set: SHA-256 of all its bytes, the 64 hexadecimal digits taken as zeros.

    Raises:
        FileError: the document has no place for a checksum, or several.
    """
    start, end = _place(data)
    return data[:start] + _digest(data, start, end) + data[end:]


def verify(data: bytes) -> None:
    """Return if the document is as it was sealed, to the byte.

    Raises:
        FileError: it was damaged or changed, or carries no checksum.
    """
    start, end = _place(data)
    if data[start:end] != _digest(data, start, end):
        raise FileError(message("Its checksum does not match: it was damaged, or changed after it was saved."))


def _place(data: bytes) -> tuple[int, int]:
    places = [match.span(1) for match in _PLACE.finditer(data)]
    if len(places) != 1:
        raise FileError(message("It should carry one checksum, but carries {count}.", count=len(places)))
    return places[0]


def _digest(data: bytes, start: int, end: int) -> bytes:
    view = memoryview(data)
    digest = hashlib.sha256(view[:start])
    digest.update(b"0" * (end - start))
    digest.update(view[end:])
    return digest.hexdigest().encode()
