"""Text as numbers: alphabets, and the removal of case and punctuation marks for networks that restore them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.text_facts import MARKS

_PIECE = 2**20  # characters encoded at once; their code points take four bytes each
CASED = 0x20000  # no code point from here on has two cases
Points = npt.NDArray[np.uint32]  # Unicode code points


class Stripped(NamedTuple):
    """A text without capitals and punctuation marks, and the class of each of its characters."""

    text: str
    labels: npt.NDArray[np.uint8]  # see `Restored`


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The characters of a text, sorted by code point; the code of a character is its index."""

    characters: str

    def __len__(self) -> int:
        return len(self.characters)

    @property
    def unknown(self) -> None:
        """No code stands for unknown characters: they are left out."""

    def text(self, codes: Sequence[int]) -> str:
        """The text that codes stand for."""
        return "".join(self.characters[code] for code in codes)

    def name(self, code: int) -> str:
        """The character of a code."""
        return self.characters[code]

    def encode(self, text: str) -> Tensor:
        """The codes of a text, (N,), as `codes` gives them."""
        return self.codes(map(points, pieces_of(text)), len(text))

    def codes(self, pieces: Iterable[Points], most: int) -> Tensor:
        """The codes of a text of at most `most` characters, in the smallest dtype: uint8, int16 or int32.

        Characters that are not in the alphabet are left out.
        """
        known = points(self.characters)
        kinds = ((256, torch.uint8), (2**15, torch.int16))
        small = next((kind for most, kind in kinds if len(known) <= most), torch.int32)
        code_of = np.full(int(known.max(initial=0)) + 2, -1, np.int32)  # the last one is that of all points beyond
        code_of[known] = np.arange(len(known))
        codes, end = torch.empty(most, dtype=small), 0
        for piece in pieces:
            some = code_of.take(piece, mode="clip")
            some = some[some >= 0]
            codes[end : end + len(some)] = torch.from_numpy(some)
            end += len(some)
        return codes[:end]

    def lacking(self, text: str) -> str:
        """The characters of a text, each once, that are not in the alphabet."""
        return "".join(dict.fromkeys(character for character in text if character not in self.characters))


@dataclass(frozen=True, slots=True)
class Restored:
    """The classes of restoring case and punctuation: whether a letter is a capital, and the mark after it.

    A class is `capital * (1 + len(marks)) + mark`, where mark 0 is none. Of several marks the first one counts.
    """

    marks: str
    cased: bool

    def __len__(self) -> int:
        return (1 + self.cased) * (1 + len(self.marks))

    def written(self, character: str, label: int) -> str:
        """A character in the case, and with the mark, of its class."""
        capital, mark = divmod(label, 1 + len(self.marks))
        letter = character.upper() if capital else character
        return letter + self.marks[mark - 1 : mark] if mark else letter


class Counts:
    """How often each character occurs in a text that is added piece by piece."""

    def __init__(self) -> None:
        self._counts = np.zeros(sys.maxunicode + 1, np.int64)

    def add(self, piece: str) -> None:
        """Count the characters of a piece."""
        some = np.bincount(points(piece))
        self._counts[: len(some)] += some

    def of(self, characters: str) -> int:
        """How many characters of the text are among the given ones."""
        return int(self._counts[points(characters)].sum())

    @property
    def characters(self) -> str:
        """The characters of the text, each once, sorted by code point."""
        return _text_of(np.flatnonzero(self._counts).astype("<u4"))

    def commonest(self, most: int) -> str:
        """The `most` commonest characters; of equally rare ones the first."""
        found = np.flatnonzero(self._counts)
        kept = np.sort(found[np.argsort(-self._counts[found], kind="stable")[:most]])
        return _text_of(kept.astype("<u4"))


def alphabet_of(text: str) -> Alphabet:
    """The alphabet of all characters of a text."""
    return Alphabet("".join(sorted(set().union(*map(set, pieces_of(text))))))


def letters_of(characters: str, restored: Restored) -> Alphabet:
    """The alphabet of a text of those characters when it is stripped."""
    return Alphabet("".join(sorted({_lower(item) for item in characters if item not in restored.marks})))


def restored_of(text: str) -> Restored:
    """The classes for a text, or its alphabet: those of `MARKS` that occur in it, and capitals if it has any."""
    found = alphabet_of(text).characters
    return Restored("".join(mark for mark in MARKS if mark in found), any(_lower(item) != item for item in found))


class Stripping:
    """Strips a text piece by piece, and keeps the class of each of the remaining characters."""

    def __init__(self, restored: Restored, most: int) -> None:
        """`most`: how many characters remain at most."""
        self._labels, self._end = np.zeros(most, np.uint8), 0
        self._marks = points(restored.marks)
        self._classes = 1 + len(restored.marks)
        self._after_mark = True  # so that marks before the first letter are ignored

    @property
    def labels(self) -> npt.NDArray[np.uint8]:
        """The classes of the characters so far, see `Restored`."""
        return self._labels[: self._end]

    def strip(self, piece: Points) -> Points:
        """A piece in lower case and without marks."""
        if not len(piece):
            return piece
        is_mark = np.isin(piece, self._marks)
        letters = piece[~is_mark]
        lower = lower_of(letters)
        begin, self._end = self._end, self._end + len(letters)
        self._labels[begin : self._end] = (lower != letters) * self._classes
        first = is_mark & ~np.concatenate(([self._after_mark], is_mark[:-1]))
        before = begin + np.cumsum(~is_mark)[first] - 1  # the index of the character before each mark
        marks = (piece[first][:, None] == self._marks).argmax(1) if len(self._marks) else 0
        self._labels[before] += np.asarray(1 + marks, np.uint8)
        self._after_mark = bool(is_mark[-1])
        return lower


def stripped(text: str, restored: Restored) -> Stripped:
    """The text in lower case and without marks, and the class of each remaining character."""
    stripping = Stripping(restored, len(text))
    bare = "".join(_text_of(stripping.strip(points(piece))) for piece in pieces_of(text))
    return Stripped(bare, stripping.labels)


def pieces_of(text: str) -> Iterator[str]:
    """A text in pieces of a few milliseconds of work each; raises Cancelled, see `stop_if_cancelled`."""
    for begin in range(0, len(text), _PIECE):
        stop_if_cancelled()
        yield text[begin : begin + _PIECE]


def lower_of(letters: Points) -> Points:
    """Characters in lower case, each as one character."""
    lower = _lower_points()[letters.clip(max=CASED - 1)]
    return np.where(letters < CASED, lower, letters)


def points(text: str) -> Points:
    """The code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def _text_of(some: Points) -> str:
    return some.tobytes().decode("utf-32-le", "surrogatepass")


@lru_cache(maxsize=1)
def _lower_points() -> Points:
    """The code point of each character below `CASED` in lower case."""
    return np.array([ord(_lower(chr(point))) for point in range(CASED)], "<u4")


def _lower(character: str) -> str:
    """The character in lower case, or unchanged where that is more than one character."""
    lower = character.lower()
    return lower if len(lower) == 1 else character
