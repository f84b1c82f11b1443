"""The facts about a text that are known without reading it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts about a text that determine inputs and outputs of a network: counted once."""

    characters: int
    alphabet: int  # different characters
    kept: int  # characters that remain without marks
    letters: int  # distinct ones among those, in lower case
    marks: int  # distinct marks
    cased: bool  # whether the text has capitals
