"""Text as numbers: an alphabet, and what is taken out of a text where that is to be restored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from playground.spec.datasets.text import MARKS

_PIECE = 2**20  # characters that are looked up at once: their code points take four bytes each
Points = npt.NDArray[np.uint32]  # Unicode code points


class Stripped(NamedTuple):
    """A text without its capitals and marks, and what they were at each of its characters."""

    text: str
    labels: npt.NDArray[np.uint8]  # see `Restored`


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The characters of a text, ordered by code point; a character's code is its place among them."""

    characters: str

    def __len__(self) -> int:
        return len(self.characters)

    def encode(self, text: str) -> Tensor:
        """The codes of a text, (N,), as small as they can be stored: uint8, int16 or int32.

        Characters that the alphabet lacks are left out.
        """
        known = points(self.characters)
        kinds = ((256, torch.uint8), (2**15, torch.int16))
        small = next((kind for most, kind in kinds if len(known) <= most), torch.int32)
        parts = [torch.empty(0, dtype=small)]
        for begin in range(0, len(text), _PIECE):
            some = points(text[begin : begin + _PIECE])
            places = np.searchsorted(known, some).clip(max=max(0, len(known) - 1))
            found = places[known[places] == some] if len(known) else places[:0]
            parts.append(torch.from_numpy(found).to(small))
        return torch.cat(parts)

    def lacking(self, text: str) -> str:
        """The characters of a text, each once, that the alphabet lacks."""
        return "".join(dict.fromkeys(character for character in text if character not in self.characters))


@dataclass(frozen=True, slots=True)
class Restored:
    """What the classes of restoring mean: capital or not, and which mark follows; class 0 is neither.

    A class is `capital * (1 + len(marks)) + mark`, where mark 0 is none. Of several marks the first counts.
    """

    marks: str
    cased: bool

    def __len__(self) -> int:
        return (1 + self.cased) * (1 + len(self.marks))

    def written(self, character: str, label: int) -> str:
        """A character with what it had before."""
        capital, mark = divmod(label, 1 + len(self.marks))
        letter = character.upper() if capital else character
        return letter + self.marks[mark - 1 : mark] if mark else letter


def alphabet_of(text: str) -> Alphabet:
    """All characters of a text."""
    return Alphabet("".join(sorted(set(text))))


def restored_of(text: str) -> Restored:
    """What can have been taken out of a text: those of the marks that it has, and capitals if it has any."""
    found = set(text)
    return Restored("".join(mark for mark in MARKS if mark in found), any(_lower(item) != item for item in found))


def stripped(text: str, restored: Restored) -> Stripped:
    """The text in lower case and without marks, and the class of each character that is left."""
    whole = points(text)
    is_mark = np.isin(whole, points(restored.marks))
    kept = whole[~is_mark]
    capital, lower = _cases(kept)
    labels = (capital * (1 + len(restored.marks))).astype(np.uint8)
    first = is_mark.copy()
    first[1:] &= ~is_mark[:-1]
    before = np.cumsum(~is_mark) - 1  # the character that a mark stands behind, -1 for none
    first &= before >= 0
    order = {ord(mark): 1 + number for number, mark in enumerate(restored.marks)}
    labels[before[first]] += np.array([order[point] for point in whole[first].tolist()], np.uint8)
    return Stripped(lower.tobytes().decode("utf-32-le"), labels)


def points(text: str) -> Points:
    """The code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def _cases(some: Points) -> tuple[npt.NDArray[np.bool_], Points]:
    """Which are capitals, and all in lower case."""
    known, places = np.unique(some, return_inverse=True)
    lower = np.array([ord(_lower(chr(point))) for point in known.tolist()], "<u4")
    return (lower != known)[places], lower[places]


def _lower(character: str) -> str:
    """In lower case, where that is one character too."""
    lower = character.lower()
    return lower if len(lower) == 1 else character
