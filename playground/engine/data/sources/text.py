"""Reads texts as windows of characters, with a target for each character."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Self

import numpy as np
import torch
from torch import Generator, Tensor

from playground.engine.data.alphabet import (
    Alphabet,
    Counts,
    Points,
    Restored,
    Stripping,
    alphabet_of,
    letters_of,
    pieces_of,
    points,
    restored_of,
)
from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.encoding import REPLACEMENT, without_meaning
from playground.engine.data.formats.text_files import Opened, known_pieces, opened, texts_in
from playground.engine.data.in_memory import Data, DataError
from playground.engine.data.sources.text_units import learned_units, unit_codes
from playground.engine.data.units import Units, units_of
from playground.spec.data.skipped import SkippedKind, Skips, by_kind
from playground.spec.data.source_choice import Inspected
from playground.spec.data.text_summary import (
    BEGINNING,
    BETWEEN_FILES,
    MOST_BYTES,
    MOST_CHARACTERS,
    TextChoice,
    TextFile,
    TextPart,
)
from playground.spec.datasets.text import OwnText, Text
from playground.spec.files.resources import resource
from playground.spec.files.storage import FileError, read_bounded, shown
from playground.spec.messages import Message, message, tr_noop
from playground.spec.number_text import percent_text

_REMARKS = 20  # at most: a folder may hold many files of doubtful encoding


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
    codes, answers = _rows(data)

    def windows(start: int, stop: int, count: int) -> Windows:
        return Windows(codes[start:stop], answers[start:stop], data.context, count)

    return Data(
        train=windows(0, data.validated_from, data.train_count),
        validation=windows(data.validated_from, data.tested_from, data.validation_count),
        test=windows(data.tested_from, len(codes), data.test_count),
    )


def _rows(data: Text) -> tuple[Tensor, Tensor]:
    """Codes and targets of a whole text, of which only a piece at a time is in memory as characters."""
    known, facts = alphabet(data), data.facts
    try:
        if isinstance(data, OwnText) and data.source.units:
            codes = unit_codes(data.source)
            return codes[:-1], codes[1:]
        pieces: Iterator[Points] = map(
            points, known_pieces(data.source) if isinstance(data, OwnText) else pieces_of(bundled(data.file))
        )
        if data.asked == "next":
            codes = known.codes(pieces, facts.characters)
            return codes[:-1], codes[1:]
        if isinstance(data, OwnText) and not data.source.complete:
            kept = points(data.source.alphabet)
            pieces = (piece[np.isin(piece, kept)] for piece in pieces)
        stripping = Stripping(restored(data), facts.kept)
        codes = known.codes(map(stripping.strip, pieces), facts.kept)
    except (FileError, Damaged) as error:
        raise DataError(error.message) from error
    return codes, torch.from_numpy(stripping.labels)


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


def inspect(path: str, progress: Callable[[int], object] | None = None, choice: TextChoice | None = None) -> Inspected:
    """Inspect a text file, or the text files in a folder, which are one text; `progress` gets the characters so far.

    Raises:
        DataError: it cannot be read, or is not text; the message says why.
    """
    choice, location, skips, remarks = choice or TextChoice(), Path(path), Skips(), list[Message]()
    counts, count, beginning, parts, damaged_before = Counts(), 0, "", list[TextPart](), 0
    for file in _files(location, choice, skips):
        for piece in chain([BETWEEN_FILES] if parts else [], file.pieces()):
            counts.add(piece)
            count += len(piece)
            beginning += piece[: BEGINNING - len(beginning)]
            if progress is not None:
                progress(count)
        parts.append(file.part)
        remarks += [file.doubt] if file.doubt is not None else []
        if (damaged := counts.of(REPLACEMENT) - damaged_before) > 0:
            remarks.append(without_meaning(damaged, shown(Path(file.part.name)), file.part.encoding))
        damaged_before += damaged
    if not parts:
        raise DataError(message("“{file}” holds no text that can be read.", file=shown(location)))
    source = _summary(path, parts if os.path.isdir(location) else [], parts[0], counts)
    _note_rare(counts, source.alphabet, skips)
    source = source.with_(beginning=beginning, chosen=choice.encoding is not None)
    source = source.with_(units=learned_units(source, choice))
    remarks += [_unknown(source)] if source.units.unknown else []
    return Inspected(source, skips.listed, skips.counts, tuple(remarks[-_REMARKS:]))


def _unknown(source: TextFile) -> Message:
    """How much of a text is not in its vocabulary, which makes bits per character look better than they are."""
    share = percent_text(source.units.unknown / source.units.total)
    words = tr_noop("{share} of the words are unknown: bits per character do not count how they are spelled.")
    return message(words, share=share)


def _files(location: Path, choice: TextChoice, skips: Skips) -> Iterator[Opened]:
    """The files of a text, each opened when its turn comes; those of a folder that cannot be read are left out."""
    try:
        if not os.path.isdir(location):
            yield opened(location, location.name, choice.encoding)
            return
    except (FileError, Damaged) as error:
        raise DataError(error.message) from error
    room = MOST_BYTES
    for name in choice.files or texts_in(location, skips):
        try:
            file = opened(location / name, name, choice.encoding)
        except (FileError, Damaged) as error:
            skips.add(SkippedKind.FILE, shown(name), error.message)
            continue
        if not file.data or len(file.data) > room:
            why = message("all files together are larger than 100 MB") if file.data else message("it is empty")
            skips.add(SkippedKind.FILE, shown(name), why)
            continue
        room -= len(file.data)
        yield file


def _summary(path: str, parts: list[TextPart], first: TextPart, counts: Counts) -> TextFile:
    known = counts.commonest(MOST_CHARACTERS)
    restored = restored_of(known)
    return TextFile(
        path=path,
        sha256="" if parts else first.sha256,
        encoding=first.encoding,
        parts=tuple(parts),
        count=counts.of(known),
        alphabet=known,
        complete=len(known) == len(counts.characters),
        kept=counts.of(known) - counts.of(restored.marks),
        letters=letters_of(known, restored).characters,
        marks=restored.marks,
        cased=restored.cased,
    )


def _note_rare(counts: Counts, known: str, skips: Skips) -> None:
    """Note the characters that are left out because they are too rare."""
    why = message("rarer than the {count:,} characters that are kept", count=len(known))
    for character in sorted(set(counts.characters) - set(known)):
        skips.add(SkippedKind.CHARACTER, character, why)


def described(path: str, choice: TextChoice | None = None) -> dict[str, object]:
    """How a text file, or a folder of them, is read, as an object for JSON.

    Raises:
        DataError: see `inspect`.
    """
    found = inspect(path, choice=choice)
    source: TextFile = found.source
    files = [{"file": part.name, "encoding": part.encoding} for part in source.parts]
    return {
        "kind": "text",
        "encoding": source.encoding,
        "characters": source.count,
        "alphabet": source.alphabet,
        "first_line": source.beginning.partition("\n")[0],
        **({"files": files} if files else {}),
        **({"units": source.units.kind, "vocabulary": len(source.units)} if source.units else {}),
        **({"count": source.units.total, "unknown": source.units.unknown} if source.units else {}),
        "left_out": [{"item": item.where, "reason": str(item.why)} for item in found.skipped],
        "left_out_counts": by_kind(found.skips),
        "remarks": [str(remark) for remark in found.remarks],
    }


def _lines(text: str) -> str:
    """The text with a line feed alone at the end of every line."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def units(data: Text) -> Units:
    """The units of the codes that a network for that data reads.

    Raises:
        DataError: a bundled text cannot be read; a user's file is not opened.
    """
    if isinstance(data, OwnText) and data.source.units:
        return units_of(data.source.units)
    return alphabet(data)


@lru_cache(maxsize=4)
def alphabet(data: Text) -> Alphabet:
    """The alphabet of the codes that a network for that data reads.

    Raises:
        DataError: a bundled text cannot be read; a user's file is not opened.
    """
    if isinstance(data, OwnText):
        return Alphabet(data.source.alphabet if data.asked == "next" else data.source.letters)
    text = bundled(data.file)
    found = alphabet_of(text)
    return found if data.asked == "next" else letters_of(found.characters, restored_of(found.characters))


@lru_cache(maxsize=4)
def restored(data: Text) -> Restored:
    """The classes that a network for that data gives, where marks are to be restored.

    Raises:
        DataError: a bundled text cannot be read; a user's file is not opened.
    """
    if isinstance(data, OwnText):
        return Restored(data.source.marks, data.source.cased)
    return restored_of(bundled(data.file))
