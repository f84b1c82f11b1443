"""Text out of bytes of which nobody says how they are meant.

A fixed rule rather than a guess: charset_normalizer takes Windows-1252 in German for Windows-1250.
"""

from __future__ import annotations

import codecs

from playground.engine.data.formats.damage import Damaged
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.messages import message

_PIECE = 2**20  # bytes decoded at once
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decoded(data: bytes, file: str) -> tuple[str, str]:
    """The text, and Python's name of its encoding.

    As its byte order mark says, else UTF-8 if it is that, else Windows-1252 as spreadsheets write it.

    Raises:
        Damaged: it is no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return _text(data, encoding), encoding
            except UnicodeDecodeError as error:
                raise Damaged(file, message("its text is damaged")) from error
    if b"\0" in data:
        raise Damaged(file, message("it is no text"))
    try:
        return _text(data, "utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _text(data, "cp1252", "replace"), "cp1252"


def _text(data: bytes, encoding: str, errors: str = "strict") -> str:
    """Decode in pieces: each keeps Python's lock, and with it the window, for a few milliseconds."""
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    parts = []
    for begin in range(0, len(data), _PIECE):
        stop_if_cancelled()
        parts.append(decoder.decode(data[begin : begin + _PIECE]))
    parts.append(decoder.decode(b"", final=True))
    return "".join(parts)
