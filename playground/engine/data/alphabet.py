"""Text as numbers: alphabets, and the removal of case and punctuation marks for networks that restore them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.text_summary import MOST_CHARACTERS
from playground.spec.datasets.text import MARKS

_PIECE = 2**20  # characters encoded at once; their code points take four bytes each
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

    def encode(self, text: str) -> Tensor:
        """The codes of a text, (N,), in the smallest dtype that holds them: uint8, int16 or int32.

        Characters that are not in the alphabet are left out.
        """
        known = points(self.characters)
        kinds = ((256, torch.uint8), (2**15, torch.int16))
        small = next((kind for most, kind in kinds if len(known) <= most), torch.int32)
        parts = [torch.empty(0, dtype=small)]
        for piece in _pieces(text):
            some = points(piece)
            indices = np.searchsorted(known, some).clip(max=max(0, len(known) - 1))
            found = indices[known[indices] == some] if len(known) else indices[:0]
            parts.append(torch.from_numpy(found).to(small))
        return torch.cat(parts)

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


def alphabet_of(text: str) -> Alphabet:
    """The alphabet of all characters of a text."""
    return Alphabet("".join(sorted(characters_of(text))))


def characters_of(text: str) -> set[str]:
    """The characters of a text, each once."""
    return set().union(*map(set, _pieces(text)))


def commonest_of(text: str) -> Alphabet:
    """The alphabet of a text, without the rarest characters beyond `MOST_CHARACTERS`."""
    found = alphabet_of(text)
    if len(found) <= MOST_CHARACTERS:
        return found
    counts = np.zeros(len(found), np.int64)
    for piece in _pieces(text):
        counts += np.bincount(found.encode(piece).numpy(), minlength=len(found))
    kept = np.sort(np.argsort(-counts, kind="stable")[:MOST_CHARACTERS])
    return Alphabet("".join(found.characters[index] for index in kept.tolist()))


def within(text: str, alphabet: Alphabet) -> str:
    """The text without the characters that are not in the alphabet."""
    lacking = characters_of(text) - set(alphabet.characters)
    removal = {ord(character): None for character in lacking}
    return "".join(piece.translate(removal) for piece in _pieces(text)) if lacking else text


def restored_of(text: str) -> Restored:
    """The classes for a text: those of `MARKS` that occur in it, and capitals if it has any."""
    found = characters_of(text)
    return Restored("".join(mark for mark in MARKS if mark in found), any(_lower(item) != item for item in found))


def stripped(text: str, restored: Restored) -> Stripped:
    """The text in lower case and without marks, and the class of each remaining character."""
    order = {ord(mark): 1 + number for number, mark in enumerate(restored.marks)}
    texts: list[str] = []
    labels: list[npt.NDArray[np.uint8]] = [np.zeros(0, np.uint8)]
    after_mark = True  # so that marks before the first letter are ignored
    for piece in _pieces(text):
        some = points(piece)
        is_mark = np.isin(some, points(restored.marks))
        capital, lower = _cases(some[~is_mark])
        classes = np.concatenate((labels[-1][-1:], (capital * (1 + len(order))).astype(np.uint8)))
        first = is_mark & ~np.concatenate(([after_mark], is_mark[:-1]))
        # The index of the character before each mark; 0 is the last one of the previous piece.
        before = np.cumsum(~is_mark)[first] + (len(classes) - len(lower) - 1)
        classes[before] += np.array([order[point] for point in some[first].tolist()], np.uint8)
        if len(classes) > len(lower):
            labels[-1][-1] = classes[0]
        after_mark = bool(is_mark[-1])
        texts.append(lower.tobytes().decode("utf-32-le", "surrogatepass"))
        if len(lower):
            labels.append(classes[len(classes) - len(lower) :])
    return Stripped("".join(texts), np.concatenate(labels))


def _pieces(text: str) -> Iterator[str]:
    """A text in pieces of a few milliseconds of work each; raises Cancelled, see `stop_if_cancelled`."""
    for begin in range(0, len(text), _PIECE):
        stop_if_cancelled()
        yield text[begin : begin + _PIECE]


def points(text: str) -> Points:
    """The code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def _cases(some: Points) -> tuple[npt.NDArray[np.bool_], Points]:
    """Which of the characters are capitals, and all of them in lower case."""
    known, indices = np.unique(some, return_inverse=True)
    lower = np.array([ord(_lower(chr(point))) for point in known.tolist()], "<u4")
    return (lower != known)[indices], lower[indices]


def _lower(character: str) -> str:
    """The character in lower case, or unchanged where that is more than one character."""
    lower = character.lower()
    return lower if len(lower) == 1 else character
