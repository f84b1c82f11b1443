"""Text out of bytes of which nobody says how they are meant."""

from __future__ import annotations

import codecs

from playground.engine.formats.damage import Damaged
from playground.spec.words import say

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
                return data.decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise Damaged(file, say("its text is damaged")) from error
    if b"\0" in data:
        raise Damaged(file, say("it is no text"))
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), "cp1252"
