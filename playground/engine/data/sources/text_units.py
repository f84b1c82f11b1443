"""A user's text as words or byte pairs: the vocabulary that is learned when it is chosen, and its codes."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.text_files import known_pieces
from playground.engine.data.in_memory import DataError
from playground.engine.data.units import learned_merges, learned_words, units_of
from playground.spec.data.text_facts import tested_after
from playground.spec.data.text_summary import TextChoice, TextFile
from playground.spec.data.text_units import TextUnits
from playground.spec.files.storage import FileError


def learned_units(source: TextFile, choice: TextChoice) -> TextUnits:
    """The units that were chosen, learned from the first half of the text before its test set.

    That half is trained on whatever is held out for validation, except with windows so long that a check says so.

    Raises:
        DataError: a library is missing, or the text cannot be read any more.
    """
    units = TextUnits(kind=choice.units, size=choice.vocabulary)
    if not units:
        return units
    before = tested_after(source.count)
    beginning = _span(source, 0, before // 2)
    try:
        if choice.units == "words":
            units = units.with_(words=learned_words(beginning, choice.vocabulary))
        else:
            single = tuple(sorted(set(source.alphabet.encode(errors="replace"))))
            merges = learned_merges(beginning, choice.vocabulary, single)
            units = units.with_(single=single, merges=merges)
        known = units_of(units)
        learned = len(known.encode_pieces(_span(source, 0, before // 2)))
        first, last = (known.encode_pieces(_span(source, *ends)) for ends in ((0, before), (before, source.count)))
    except (FileError, Damaged) as error:
        raise DataError(error.message) from error
    unknown = sum(int((part == known.unknown).sum()) for part in (first, last)) if known.unknown is not None else 0
    return units.with_(
        learned=min(learned, len(first)), before=len(first), total=len(first) + len(last), unknown=unknown
    )


def unit_codes(source: TextFile) -> Tensor:
    """The codes of the whole text; no unit is both before and in the test set.

    Raises:
        FileError: it cannot be read, or has changed.
        Damaged: see `known_pieces`.
    """
    known, before = units_of(source.units), tested_after(source.count)
    return torch.cat([known.encode_pieces(_span(source, *ends)) for ends in ((0, before), (before, source.count))])


def _span(source: TextFile, begin: int, end: int) -> Iterator[str]:
    """The characters of the text from `begin` to before `end`, without those that are too rare for its alphabet."""
    at = 0
    kept = None if source.complete else frozenset(source.alphabet)
    for piece in known_pieces(source):
        some = piece if kept is None else "".join(filter(kept.__contains__, piece))
        yield some[max(0, begin - at) : max(0, end - at)]
        at += len(some)
        if at >= end:
            return
