"""Says what the codes of a text stand for, so that a person can read what a network reads."""

from __future__ import annotations

from collections.abc import Sequence

from playground.engine.data.sources.text import units
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.labelled import FIRST_CODE, PADDING, LabelledTexts
from playground.spec.datasets.text import Text

_UNKNOWN = "\N{REPLACEMENT CHARACTER}"


def code_words(data: Dataset, codes: Sequence[int]) -> tuple[str, ...]:
    """The character, word or byte pair of each code; empty for padding, and a sign for what is unknown.

    Raises:
        DataError: a bundled text, which defines its alphabet, cannot be read.
    """
    if isinstance(data, Text):
        known = units(data)
        return tuple(known.name(code) for code in codes)
    if isinstance(data, LabelledTexts):
        return tuple(_character(data, code) for code in codes)
    return tuple(map(str, codes))


def _character(data: LabelledTexts, code: int) -> str:
    return "" if code == PADDING else data.alphabet[code - FIRST_CODE] if code >= FIRST_CODE else _UNKNOWN
