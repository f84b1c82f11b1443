"""A checksum inside a document, over all of its bytes, so that damage is found before the content is used."""

from __future__ import annotations

import hashlib
import re

from playground.spec.files.storage import FileError
from playground.spec.messages import message

KEY = "checksum"
# The value of the key "checksum" in a document's JSON before `add_checksum` sets it.
UNSEALED = "sha256:" + 64 * "0"

# In JSON a quotation mark inside a string is escaped, so this never matches inside a string.
_FIELD = re.compile(rb'"checksum"\s*:\s*"sha256:([0-9a-f]{64})"')


def add_checksum(data: bytes) -> bytes:
    """Return the document with its checksum set: SHA-256 of all its bytes, with zeros for the 64 hexadecimal digits.

    Raises:
        FileError: the document has no checksum field, or several.
    """
    start, end = _digits(data)
    return data[:start] + _digest(data, start, end) + data[end:]


def verify(data: bytes) -> None:
    """Check that no byte of the document has changed since its checksum was set.

    Raises:
        FileError: it was damaged or changed, or has no checksum.
    """
    start, end = _digits(data)
    if data[start:end] != _digest(data, start, end):
        raise FileError(message("Its checksum does not match: it was damaged, or changed after it was saved."))


def _digits(data: bytes) -> tuple[int, int]:
    spans = [match.span(1) for match in _FIELD.finditer(data)]
    if len(spans) != 1:
        raise FileError(message("It should have one checksum, but has {count}.", count=len(spans)))
    return spans[0]


def _digest(data: bytes, start: int, end: int) -> bytes:
    view = memoryview(data)
    digest = hashlib.sha256(view[:start])
    digest.update(b"0" * (end - start))
    digest.update(view[end:])
    return digest.hexdigest().encode()
