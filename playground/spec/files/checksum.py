"""A checksum inside a document, over all of its bytes, so that damage is found before the content is used."""

from __future__ import annotations

import hashlib
import re

from playground.spec.files.storage import FileError, Pieces
from playground.spec.messages import message

KEY = "checksum"
# The value of the key "checksum" in a document's JSON before `add_checksum` sets it.
UNSEALED = "sha256:" + 64 * "0"

# In JSON a quotation mark inside a string is escaped, so this never matches inside a string.
_FIELD = re.compile(rb'"checksum"\s*:\s*"sha256:([0-9a-f]{64})"')


def add_checksum(data: bytes, rest: Pieces = ()) -> bytes:
    """Return the document with its checksum set: SHA-256 of all its bytes, with zeros for the 64 hexadecimal digits.

    `rest`: the document's further pieces, which contain no field; only the first piece is returned.

    Raises:
        FileError: the document has no checksum field, or several.
    """
    start, end = _digits(data)
    return data[:start] + _digest(data, start, end, rest) + data[end:]


def verify(data: bytes, header: int | None = None) -> None:
    """Check that no byte of the document has changed since its checksum was set.

    `header`: the number of bytes at the beginning of the document that contain the field; None: it may be anywhere.

    Raises:
        FileError: it was damaged or changed, or has no checksum.
    """
    start, end = _digits(data[:header])
    if data[start:end] != _digest(data, start, end):
        raise FileError(message("Its checksum does not match: it was damaged, or changed after it was saved."))


def _digits(data: bytes) -> tuple[int, int]:
    spans = [match.span(1) for match in _FIELD.finditer(data)]
    if len(spans) != 1:
        raise FileError(message("It should have one checksum, but has {count}.", count=len(spans)))
    return spans[0]


def _digest(data: bytes, start: int, end: int, rest: Pieces = ()) -> bytes:
    view = memoryview(data)
    digest = hashlib.sha256(view[:start])
    digest.update(b"0" * (end - start))
    digest.update(view[end:])
    for piece in rest:
        digest.update(piece)
    return digest.hexdigest().encode()
