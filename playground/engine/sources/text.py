"""Reads texts as windows of characters, each with an answer for each of its places."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import torch
from torch import Generator, Tensor

from playground.engine.characters import Alphabet, Restored, alphabet_of, restored_of, stripped
from playground.engine.data import Data, DataError
from playground.spec.datasets.text import Asked, Text
from playground.spec.resources import resource
from playground.spec.storage import FileError, read_bounded
from playground.spec.words import say

_MOST_BYTES = 100 * 10**6


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """So many windows over one long row of codes and one of answers, both (M,), as small as they can be stored."""

    codes: Tensor
    answers: Tensor
    context: int
    count: int

    def __len__(self) -> int:
        return self.count

    def order(self, generator: Generator) -> Tensor:
        """Where the windows begin: one behind the other, from any of the first places on, shuffled."""
        room = min(self.context, len(self.codes) - self.context * self.count + 1)
        phase = int(torch.randint(room, (), generator=generator))
        return phase + self.context * torch.randperm(self.count, generator=generator)

    def batch(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """Codes and answers (N, context) int64 of the windows that begin there."""
        return self._rows(self.codes, chosen), self._rows(self.answers, chosen)

    def cut(self, start: int, stop: int) -> tuple[Tensor, Tensor]:
        """Consecutive windows, the first of all beginning at the first code."""
        places = slice(start * self.context, min(stop, self.count) * self.context)
        return self._whole(self.codes[places]), self._whole(self.answers[places])

    def to(self, device: torch.device) -> Self:
        """The same windows on a device."""
        return type(self)(self.codes.to(device), self.answers.to(device), self.context, self.count)

    def _rows(self, row: Tensor, chosen: Tensor) -> Tensor:
        return row.unfold(0, self.context, 1).index_select(0, chosen).to(torch.int64)

    def _whole(self, row: Tensor) -> Tensor:
        return row.view(-1, self.context).to(torch.int64)


def read(file: str, asked: Asked, context: int, train: int, validation: int, test: int, tested_from: int) -> Data:
    """Read a bundled text and divide it: so many windows to train on, then those held out, and the test's at the end.

    Args:
        file: its name in the folder of texts.
        asked: what the answers are: the next character, or what was taken out.
        context: characters in a window.
        train, validation, test: how many windows.
        tested_from: where the test set begins, in characters.

    Raises:
        DataError: the file is missing or damaged.
    """
    codes, answers = _rows(bundled(file), asked)
    validated_from = (train + 1) * context

    def windows(start: int, stop: int, count: int) -> Windows:
        return Windows(codes[start:stop], answers[start:stop], context, count)

    return Data(
        train=windows(0, validated_from, train),
        validation=windows(validated_from, tested_from, validation),
        test=windows(tested_from, len(codes), test),
    )


def _rows(text: str, asked: Asked) -> tuple[Tensor, Tensor]:
    """Codes and answers of a whole text."""
    if asked == "next":
        codes = alphabet_of(text).encode(text)
        return codes[:-1], codes[1:]
    bare = stripped(text, restored_of(text))
    return alphabet_of(bare.text).encode(bare.text), torch.from_numpy(bare.labels)


def bundled(file: str) -> str:
    """A text that comes with the program.

    Raises:
        DataError: it is missing or damaged.
    """
    try:
        raw = read_bounded(resource("texts", file), _MOST_BYTES)
        return decoded(raw, "utf-8")
    except FileError as error:
        raise DataError(error.message) from error
    except UnicodeDecodeError as error:
        words = say("The bundled text “{file}” is damaged. Please install Playground again.", file=file)
        raise DataError(words) from error


def decoded(raw: bytes, encoding: str) -> str:
    """Bytes as text, every line ended by a line feed alone.

    Raises:
        UnicodeDecodeError: they are not of that encoding.
    """
    return raw.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")


@lru_cache(maxsize=4)
def alphabet(data: Text) -> Alphabet:
    """What the codes that a network of that data reads stand for.

    Raises:
        DataError: the text cannot be read.
    """
    text = bundled(data.file)
    return alphabet_of(text if data.asked == "next" else stripped(text, restored_of(text)).text)


@lru_cache(maxsize=4)
def restored(data: Text) -> Restored:
    """What the classes that a network of that data gives stand for, where marks are to be restored.

    Raises:
        DataError: the text cannot be read.
    """
    return restored_of(bundled(data.file))
