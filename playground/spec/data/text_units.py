"""The units that a text is read in, with their vocabulary: learned when the text is chosen, kept in the experiment."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from playground.spec.component import Component
from playground.spec.data.unit_kind import UnitKind
from playground.spec.messages import tr_noop

UNIT_NAMES: dict[UnitKind, str] = {
    "characters": tr_noop("characters"),
    "words": tr_noop("words"),
    "pairs": tr_noop("byte pairs"),
}
ONE_UNIT: dict[UnitKind, str] = {
    "characters": tr_noop("character"),
    "words": tr_noop("word"),
    "pairs": tr_noop("byte pair"),
}
FEWEST_UNITS, MOST_UNITS, USUAL_UNITS = 100, 8_000, 1_000  # in a vocabulary
LONGEST_UNIT = 64  # characters of a word, bytes of a byte pair
UNKNOWN_WORD = 0  # the code of all words that are not in the vocabulary
# Letters of scripts that put no spaces between words, each a word of its own: kana and Chinese characters.
_ALONE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
WORD_PATTERN = rf" ?[^\W{_ALONE}]+|[{_ALONE}]| ?[^\w\s]|\s"
_MOST_TEXT = 100_000_000  # units in a text

_Word = Annotated[str, Field(strict=True, min_length=1, max_length=LONGEST_UNIT)]
_Byte = Annotated[int, Field(strict=True, ge=0, le=255)]
_Code = Annotated[int, Field(strict=True, ge=0, lt=MOST_UNITS)]


class TextUnits(Component):
    """A vocabulary, and the lengths of the text in its units; characters have their alphabet elsewhere.

    Byte pairs have the codes of `single`, in order, and then those of the merges: each joins two units of lower codes,
    and has a code of its own unless its bytes have one already.
    """

    kind: UnitKind = "characters"
    size: int = Field(USUAL_UNITS, strict=True, ge=FEWEST_UNITS, le=MOST_UNITS)  # that was asked for
    words: tuple[_Word, ...] = Field((), max_length=MOST_UNITS - 1)  # the commonest first; their codes begin with 1
    single: tuple[_Byte, ...] = Field((), max_length=256)  # the bytes that occur, in order
    merges: tuple[tuple[_Code, _Code], ...] = Field((), max_length=2 * MOST_UNITS)  # in the order of their priority
    learned: int = Field(0, strict=True, ge=0, le=_MOST_TEXT)  # units of the beginning that the vocabulary is of
    before: int = Field(0, strict=True, ge=0, le=_MOST_TEXT)  # units of the text before its last tenth
    total: int = Field(0, strict=True, ge=0, le=_MOST_TEXT)  # units of the whole text
    unknown: int = Field(0, strict=True, ge=0, le=_MOST_TEXT)  # units of the whole text that are unknown words

    def __len__(self) -> int:
        return 1 + len(self.words) if self.kind == "words" else len(pair_units(self.single, self.merges))

    def __bool__(self) -> bool:
        """Whether the units are others than characters."""
        return self.kind != "characters"

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if len(set(self.words)) < len(self.words) or list(self.single) != sorted(set(self.single)):
            raise PydanticCustomError("twice", tr_noop("a unit is there twice"))
        pair_units(self.single, self.merges)
        if not self.learned <= self.before <= self.total or self.unknown > self.total:
            raise PydanticCustomError("lengths", tr_noop("the lengths of the text’s parts contradict each other"))
        return self


@lru_cache(maxsize=8)  # forms and checks ask for the same vocabulary again and again
def pair_units(single: tuple[int, ...], merges: tuple[tuple[int, int], ...]) -> tuple[bytes, ...]:
    """The bytes of each unit, by code; raises PydanticCustomError if a merge is impossible."""
    units = [bytes([one]) for one in single]
    known = set(units)
    for first, second in merges:
        if max(first, second) >= len(units):
            raise PydanticCustomError("merge", tr_noop("a merge joins units that come after it"))
        joined = units[first] + units[second]
        if len(joined) > LONGEST_UNIT or len(units) >= MOST_UNITS:
            raise PydanticCustomError("merge", tr_noop("a merge makes too long a unit, or too many units"))
        if joined not in known:
            known.add(joined)
            units.append(joined)
    return tuple(units)
