"""Reads the files of a text piece by piece, so that a large one needs little more memory than its bytes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from io import IncrementalNewlineDecoder
from pathlib import Path
from typing import NamedTuple

from playground.engine.data.formats.checksum import changed_since_chosen, sha256_of
from playground.engine.data.formats.encoding import MARKED, pieces, reading_of
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.skipped import SkippedKind, Skips
from playground.spec.data.text_encoding import Encoding
from playground.spec.data.text_summary import BETWEEN_FILES, MOST_BYTES, MOST_FILES, TextFile, TextPart
from playground.spec.files.file_kind import Use, ensure_usable
from playground.spec.files.storage import FileError, read_bounded, shown
from playground.spec.messages import Message, message

SUFFIXES = (".txt", ".md")


class Opened(NamedTuple):
    """The bytes of a file, what is known of it, and a doubt about its encoding."""

    data: bytes
    part: TextPart
    doubt: Message | None

    def pieces(self) -> Iterator[str]:
        """Its text, with a line feed alone at the end of every line; raises Damaged."""
        return text_pieces(self.data, self.part)


class Changed(FileError):
    """A file is not as it was when it was chosen."""


def opened(path: Path, name: str, encoding: Encoding | None) -> Opened:
    """Read a file, in the given encoding or in the one that it seems to have.

    Raises:
        FileError: it cannot be read.
        Damaged: it is not text, or has a byte order mark and is damaged.
    """
    ensure_usable(path, Use.TEXT, Use.TABLE)
    data = read_bounded(path, MOST_BYTES)
    found, doubt = (encoding, None) if encoding else reading_of(data, shown(name))
    file = Opened(data, TextPart(name=name, sha256=sha256_of(data), encoding=found), doubt)
    if found in MARKED:
        deque(file.pieces(), maxlen=0)  # raises Damaged before any of it is used
    return file


def known_pieces(source: TextFile) -> Iterator[str]:
    """The text of files that were chosen before, all of them joined by `BETWEEN_FILES`.

    Raises:
        FileError: one cannot be read, or has changed.
        Damaged: see `encoding.pieces`.
    """
    for number, (path, part) in enumerate(source.files):
        ensure_usable(Path(path), Use.TEXT, Use.TABLE)
        data = read_bounded(Path(path), MOST_BYTES)
        if sha256_of(data) != part.sha256:
            raise Changed(changed_since_chosen(path))
        if number:
            yield BETWEEN_FILES
        yield from text_pieces(data, part)


def text_pieces(data: bytes, part: TextPart) -> Iterator[str]:
    """The text of a file, with a line feed alone at the end of every line; raises Damaged."""
    lines = IncrementalNewlineDecoder(None, translate=True)
    for piece in pieces(data, shown(part.name), part.encoding):
        yield lines.decode(piece)
    yield lines.decode("", final=True)


def texts_in(folder: Path, skips: Skips) -> tuple[str, ...]:
    """The names of the texts in a folder and its folders, sorted; other files are noted as left out.

    Hidden files are passed over. Links to folders are not followed.

    Raises:
        Cancelled: see `stop_if_cancelled`.
    """
    found = []
    for path in folder.rglob("*"):
        stop_if_cancelled()
        name = path.relative_to(folder).as_posix()
        if any(part.startswith(".") for part in path.relative_to(folder).parts) or path.is_dir():
            continue
        if path.suffix.lower() in SUFFIXES:
            found.append(name)
        else:
            skips.add(SkippedKind.FILE, shown(name), message("not a text file (.txt or .md)"))
    found.sort()
    for name in found[MOST_FILES:]:
        skips.add(SkippedKind.FILE, shown(name), message("more than {most:,} files", most=MOST_FILES))
    return tuple(found[:MOST_FILES])
