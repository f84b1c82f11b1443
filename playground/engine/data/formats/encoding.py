"""Decodes text in an unknown encoding.

By a fixed rule rather than a guess: charset_normalizer takes German Windows-1252 for Windows-1250.
"""

from __future__ import annotations

import codecs

from playground.engine.data.formats.damage import Damaged
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.messages import message

_PIECE = 2**20  # bytes decoded at once
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decoded(data: bytes, file: str, known: str | None = None) -> tuple[str, str]:
    """The text, and Python's name for its encoding.

    The encoding is that of the byte order mark, else UTF-8 if valid, else Windows-1252, as spreadsheets write it;
    `known` where that is given.

    Raises:
        Damaged: it is not text.
    """
    if known is not None:
        return _text(data, known, "replace"), known
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return _text(data, encoding), encoding
            except UnicodeDecodeError as error:
                raise Damaged(file, message("its text is damaged")) from error
    if b"\0" in data:
        raise Damaged(file, message("it is not text"))
    try:
        return _text(data, "utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _text(data, "cp1252", "replace"), "cp1252"


def _text(data: bytes, encoding: str, errors: str = "strict") -> str:
    """Decode in pieces, each of which holds the global lock, and so blocks the window, for a few milliseconds."""
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    parts = []
    for begin in range(0, len(data), _PIECE):
        stop_if_cancelled()
        parts.append(decoder.decode(data[begin : begin + _PIECE]))
    parts.append(decoder.decode(b"", final=True))
    return "".join(parts)
