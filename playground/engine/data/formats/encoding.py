"""Decodes text in an unknown encoding, or in one that was chosen."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import NamedTuple

from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.encoding_detection import detected
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.text_encoding import encoding_name
from playground.spec.messages import Message, message, plural, tr_noop

MARKED = ("utf-8-sig", "utf-16", "utf-32")  # recognised by a byte order mark
_PIECE = 2**20  # bytes decoded at once
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"  # stands for bytes without a meaning


class Reading(NamedTuple):
    """How a text is read: Python's name for the encoding, and a doubt if another one is about as likely."""

    encoding: str
    doubt: Message | None = None


def decoded(data: bytes, file: str, encoding: str | None = None) -> tuple[str, str]:
    """The text, and Python's name for its encoding: the given one, else that which `detected` finds.

    Bytes that have no meaning in it are replaced by `REPLACEMENT`.

    Raises:
        Damaged: it is not text.
    """
    found = encoding or reading_of(data, file).encoding
    return "".join(pieces(data, file, found)), found


def reading_of(data: bytes, file: str) -> Reading:
    """How a text of unknown encoding is read; `file` names it.

    Raises:
        Damaged: it is not text.
    """
    found = detected(data)
    if found is None:
        raise Damaged(file, message("it is not text"))
    if not found.doubtful:
        return Reading(found.encoding)
    words = tr_noop(
        "The encoding of “{file}” is not certain. It is read as {encoding}: see whether the first lines are right."
    )
    return Reading(found.encoding, message(words, file=file, encoding=message(encoding_name(found.encoding))))


def without_meaning(count: int, file: str, encoding: str) -> Message:
    """That some characters of a file have no meaning."""
    found = plural("{count:,} characters have", "1 character has", count)
    words = tr_noop("{file}: {found} no meaning in {encoding}, shown as “�”.")
    return message(words, file=file, found=found, encoding=message(encoding_name(encoding)))


def pieces(data: bytes, file: str, encoding: str) -> Iterator[str]:
    """The text in pieces, each of which holds the global lock, and so blocks the window, for a few milliseconds.

    Raises:
        Damaged: it has a byte order mark, but is not in its encoding.
    """
    errors = "strict" if encoding in MARKED else "replace"
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    try:
        for begin in range(0, len(data), _PIECE):
            stop_if_cancelled()
            yield decoder.decode(data[begin : begin + _PIECE])
        yield decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise Damaged(file, message("its text is damaged")) from error
