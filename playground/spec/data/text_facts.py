"""The facts about a text that are known without reading it."""

from __future__ import annotations

from dataclasses import dataclass

MARKS = "!,.:;?、。！，：；？"  # the punctuation marks that are removed from a text and restored
TESTED = 0.1  # share of a text, at its end, that is kept for the test


def tested_after(count: int) -> int:
    """How many of `count` characters, or other units, come before the test set."""
    return count - round(count * TESTED)


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts about a text that determine inputs and outputs of a network: counted once."""

    characters: int  # or the words, or the byte pairs
    alphabet: int  # different ones
    kept: int  # characters that remain without marks
    letters: int  # distinct ones among those, in lower case
    marks: int  # distinct marks
    cased: bool  # whether the text has capitals
