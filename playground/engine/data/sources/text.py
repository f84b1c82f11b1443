"""Reads texts as windows of characters, with a target for each character."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Self

import torch
from torch import Generator, Tensor

from playground.engine.data.alphabet import (
    Alphabet,
    Restored,
    alphabet_of,
    characters_of,
    commonest_of,
    restored_of,
    stripped,
    within,
)
from playground.engine.data.formats.checksum import sha256_of
from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.encoding import decoded
from playground.engine.data.in_memory import Data, DataError
from playground.spec.data.skipped import Skipped, SkippedKind
from playground.spec.data.source_choice import Inspected
from playground.spec.data.text_summary import MOST_BYTES, TextFile
from playground.spec.datasets.text import OwnText, Text
from playground.spec.files.file_kind import Use, ensure_usable
from playground.spec.files.resources import resource
from playground.spec.files.storage import FileError, read_bounded, shown
from playground.spec.messages import message

_LISTED = 100  # characters left out that are listed


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """`count` windows over one long tensor of codes and one of targets, both (M,), in their smallest dtypes."""

    codes: Tensor
    answers: Tensor
    context: int
    count: int

    def __len__(self) -> int:
        return self.count

    def order(self, generator: Generator) -> Tensor:
        """The starts of consecutive windows, shuffled; the first start is random within the first window."""
        room = min(self.context, len(self.codes) - self.context * self.count + 1)
        phase = int(torch.randint(room, (), generator=generator))
        return phase + self.context * torch.randperm(self.count, generator=generator)

    def batch(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """Codes and targets (N, context) int64 of the windows that begin there."""
        return self._rows(self.codes, chosen), self._rows(self.answers, chosen)

    def cut(self, start: int, stop: int) -> tuple[Tensor, Tensor]:
        """Consecutive windows, counted from the first code."""
        part = slice(start * self.context, min(stop, self.count) * self.context)
        return self._whole(self.codes[part]), self._whole(self.answers[part])

    def to(self, device: torch.device) -> Self:
        """The same windows on a device."""
        return type(self)(self.codes.to(device), self.answers.to(device), self.context, self.count)

    def _rows(self, row: Tensor, chosen: Tensor) -> Tensor:
        return row.unfold(0, self.context, 1).index_select(0, chosen).to(torch.int64)

    def _whole(self, row: Tensor) -> Tensor:
        return row.view(-1, self.context).to(torch.int64)


def read(data: Text) -> Data:
    """Read a text and split it: first the training windows, then those for validation, and the test windows last.

    Raises:
        DataError: the file is missing, damaged, or has changed since it was chosen.
    """
    codes, answers = _rows(data, text_of(data))

    def windows(start: int, stop: int, count: int) -> Windows:
        return Windows(codes[start:stop], answers[start:stop], data.context, count)

    return Data(
        train=windows(0, data.validated_from, data.train_count),
        validation=windows(data.validated_from, data.tested_from, data.validation_count),
        test=windows(data.tested_from, len(codes), data.test_count),
    )


def _rows(data: Text, text: str) -> tuple[Tensor, Tensor]:
    """Codes and targets of a whole text."""
    if data.asked == "next":
        codes = alphabet_of(text).encode(text)
        return codes[:-1], codes[1:]
    bare = stripped(text, restored_of(text))
    return alphabet_of(bare.text).encode(bare.text), torch.from_numpy(bare.labels)


def text_of(data: Text) -> str:
    """The text itself, without the characters that are not in its alphabet.

    Raises:
        DataError: the file is missing, damaged, or has changed since it was chosen.
    """
    return _own(data.source) if isinstance(data, OwnText) else bundled(data.file)


def bundled(file: str) -> str:
    """A bundled text.

    Raises:
        DataError: it is missing or damaged.
    """
    try:
        return _lines(read_bounded(resource("texts", file), MOST_BYTES).decode("utf-8"))
    except FileError as error:
        raise DataError(error.message) from error
    except UnicodeDecodeError as error:
        words = message("The bundled text “{file}” is damaged. Please install Playground again.", file=file)
        raise DataError(words) from error


def inspect(path: str, _progress: object = None) -> Inspected:
    """Inspect a text file.

    Raises:
        DataError: it cannot be read, or is not text; the message says why.
    """
    raw, whole, encoding = _decoded(Path(path))
    known = commonest_of(whole)
    text = within(whole, known)
    restored = restored_of(text)
    bare = stripped(text, restored).text
    rare = sorted(characters_of(whole) - set(known.characters))
    file = TextFile(
        path=path,
        sha256=sha256_of(raw),
        encoding=encoding,
        count=len(text),
        alphabet=known.characters,
        complete=not rare,
        kept=len(bare),
        letters=alphabet_of(bare).characters,
        marks=restored.marks,
        cased=restored.cased,
    )
    why = message("rarer than the {count:,} characters that are kept", count=len(known))
    skips = ((SkippedKind.CHARACTER, len(rare)),) if rare else ()
    return Inspected(file, tuple(Skipped(character, why) for character in rare[:_LISTED]), skips)


def _own(source: TextFile) -> str:
    """The text of a file that was chosen before."""
    raw, whole, _ = _decoded(Path(source.path))
    if sha256_of(raw) != source.sha256:
        raise DataError(message("“{file}” has changed since it was chosen. Choose it again.", file=source.path))
    return within(whole, Alphabet(source.alphabet))


def _decoded(path: Path) -> tuple[bytes, str, str]:
    """The bytes of a file, its text, and its encoding."""
    try:
        ensure_usable(path, Use.TEXT, Use.TABLE)
        raw = read_bounded(path, MOST_BYTES)
        text, encoding = decoded(raw, shown(path))
    except (FileError, Damaged) as error:
        raise DataError(error.message) from error
    return raw, _lines(text), encoding


def _lines(text: str) -> str:
    """The text with a line feed alone at the end of every line."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


@lru_cache(maxsize=4)
def alphabet(data: Text) -> Alphabet:
    """The alphabet of the codes that a network for that data reads.

    Raises:
        DataError: a bundled text cannot be read; a user's file is not opened.
    """
    if isinstance(data, OwnText):
        return Alphabet(data.source.alphabet if data.asked == "next" else data.source.letters)
    text = bundled(data.file)
    return alphabet_of(text if data.asked == "next" else stripped(text, restored_of(text)).text)


@lru_cache(maxsize=4)
def restored(data: Text) -> Restored:
    """The classes that a network for that data gives, where marks are to be restored.

    Raises:
        DataError: a bundled text cannot be read; a user's file is not opened.
    """
    if isinstance(data, OwnText):
        return Restored(data.source.marks, data.source.cased)
    return restored_of(bundled(data.file))
