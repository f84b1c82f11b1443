"""Words and byte pairs as codes: vocabularies, the texts that their codes stand for, and how they are learned.

Both are cut so that the units of a text, put together, are that text: a space belongs to the word after it.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextvars import Context, copy_context
from functools import cached_property, lru_cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from playground.engine.data.in_memory import DataError
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.text_units import LONGEST_UNIT, UNKNOWN_WORD, WORD_PATTERN, TextUnits, pair_units
from playground.spec.messages import message, tr_noop

if TYPE_CHECKING:
    from tokenizers import Tokenizer

WORD = re.compile(WORD_PATTERN)
_LEAST = 2**14  # characters that are encoded at once, at least: the library keeps some hundred bytes for each
_BATCH = 16  # such pieces that it divides among its threads


class Units(Protocol):
    """Units as codes from 0 to below `len()`; an `Alphabet` is one as well."""

    def __len__(self) -> int: ...

    def encode(self, text: str) -> Tensor:
        """The codes of a text (N,), in the smallest dtype; characters that no unit has are left out."""

    def lacking(self, text: str) -> str:
        """The characters of a text, each once, that no unit has."""

    def text(self, codes: Sequence[int]) -> str:
        """The text that codes stand for; what may be completed by further codes is left out at its end."""

    def name(self, code: int) -> str:
        """The text of one unit, as it is shown."""

    @property
    def unknown(self) -> int | None:
        """The code that stands for all unknown units, if there is one."""


class WordUnits:
    """The commonest words and marks of a text; code 0 is all others."""

    unknown: int | None = UNKNOWN_WORD

    def __init__(self, words: Sequence[str]) -> None:
        self._words = ("<unk>", *words)
        self._codes = {word: code for code, word in enumerate(words, UNKNOWN_WORD + 1)}

    def __len__(self) -> int:
        return len(self._words)

    def encode(self, text: str) -> Tensor:
        return self.encode_pieces([text])

    def encode_pieces(self, pieces: Iterable[str]) -> Tensor:
        """The codes of a text that comes in pieces."""
        code_of = self._codes.get
        return _joined(
            (np.array([code_of(word, UNKNOWN_WORD) for word in WORD.findall(some)]) for some in whole_words(pieces)),
            len(self),
        )

    def lacking(self, text: str) -> str:
        return ""  # a character may well be part of an unknown word

    def text(self, codes: Sequence[int]) -> str:
        return "".join(self._words[code] for code in codes)

    def name(self, code: int) -> str:
        return self._words[code]


class PairUnits:
    """Byte pairs (Sennrich et al., 2016), of the UTF-8 bytes of words as GPT-2 cuts them, encoded by `tokenizers`."""

    unknown: int | None = None

    def __init__(self, single: tuple[int, ...], merges: tuple[tuple[int, int], ...]) -> None:
        self._units, self._merges = pair_units(single, merges), merges

    def __len__(self) -> int:
        return len(self._units)

    def encode(self, text: str) -> Tensor:
        return self.encode_pieces([text])

    def encode_pieces(self, pieces: Iterable[str]) -> Tensor:
        """The codes of a text that comes in pieces.

        Raises:
            DataError: the library is not installed.
        """
        return _joined(map(np.array, self._encoded(pieces)), len(self))

    def _encoded(self, pieces: Iterable[str]) -> Iterator[list[int]]:
        batch: list[str] = []
        for some in whole_words(pieces):
            batch.append(self._without(some, self.lacking(some)))
            if len(batch) == _BATCH:
                stop_if_cancelled()
                yield from (item.ids for item in self._tokenizer.encode_batch_fast(batch))
                batch = []
        yield from (item.ids for item in self._tokenizer.encode_batch_fast(batch))

    @staticmethod
    def _without(text: str, lacking: str) -> str:
        return text.translate(dict.fromkeys(map(ord, lacking))) if lacking else text

    def lacking(self, text: str) -> str:
        return "".join(item for item in dict.fromkeys(text) if not self._single.issuperset(_bytes_of(item)))

    @cached_property
    def _single(self) -> frozenset[int]:
        """The bytes that have codes; -1 stands for what has no bytes."""
        return frozenset(unit[0] for unit in self._units if len(unit) == 1)

    def text(self, codes: Sequence[int]) -> str:
        return codecs.getincrementaldecoder("utf-8")("replace").decode(b"".join(self._units[code] for code in codes))

    def name(self, code: int) -> str:
        try:
            return self._units[code].decode()
        except UnicodeDecodeError:
            return self._units[code].hex(" ").upper()

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        library = tokenizer_library()
        names = [_name_of(unit) for unit in self._units]
        merges = [(names[first], names[second]) for first, second in self._merges]
        tokenizer: Tokenizer = library.Tokenizer(
            library.models.BPE({name: code for code, name in enumerate(names)}, merges)
        )
        tokenizer.pre_tokenizer = library.pre_tokenizers.ByteLevel(add_prefix_space=False)
        return tokenizer


@lru_cache(maxsize=4)
def units_of(units: TextUnits) -> WordUnits | PairUnits:
    """The units of a vocabulary of words or byte pairs."""
    return WordUnits(units.words) if units.kind == "words" else PairUnits(units.single, units.merges)


def learned_words(pieces: Iterable[str], size: int) -> tuple[str, ...]:
    """The commonest words of a text for a vocabulary of `size`; of equally rare ones those that come first."""
    counts: Counter[str] = Counter()
    for some in whole_words(pieces):
        stop_if_cancelled()
        counts.update(WORD.findall(some))
    for word in [word for word in counts if len(word) > LONGEST_UNIT]:
        del counts[word]
    return tuple(word for word, _ in counts.most_common(size - 1))


def learned_merges(pieces: Iterable[str], size: int, single: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """The merges of the commonest pairs of a text, until there are `size` units.

    Raises:
        DataError: the library is not installed.
    """
    library = tokenizer_library()
    learning = library.Tokenizer(library.models.BPE())
    learning.pre_tokenizer = library.pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = library.trainers.BpeTrainer(
        vocab_size=max(size, len(single)),
        initial_alphabet=[_name_of(bytes([one])) for one in single],
        max_token_length=LONGEST_UNIT,
        show_progress=False,
    )
    learning.train_from_iterator(_cancellable(whole_words(pieces), copy_context()), trainer)
    return _as_codes(learning.to_str(), single)


def _as_codes(model: str, single: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """The merges that the library learned, as pairs of codes."""
    import json

    codes = {_name_of(bytes([one])): code for code, one in enumerate(single)}
    merges = []
    for first, second in json.loads(model)["model"]["merges"]:
        merges.append((codes[first], codes[second]))
        codes.setdefault(first + second, len(codes))
    return tuple(merges)


def whole_words(pieces: Iterable[str]) -> Iterator[str]:
    """The same text in other pieces: each but the first begins with white space after something else.

    No word, and no byte pair, goes beyond such a place, so that the pieces can be cut one by one.
    """
    held: list[str] = []
    for piece in pieces:
        begin = 0
        while (end := _border(piece, begin + _LEAST)) is not None:
            yield "".join((*held, piece[begin:end]))
            held, begin = [], end
        held.append(piece[begin:])
        if sum(map(len, held)) > 4 * _LEAST:
            held = ["".join(held)]
            if (end := _border(held[0], _LEAST)) is not None:
                yield held[0][:end]
                held = [held[0][end:]]
    if rest := "".join(held):
        yield rest


_BORDER = re.compile(r"(?<=\S)[ \n]")


def _border(text: str, begin: int) -> int | None:
    found = _BORDER.search(text, begin)
    return found.start() if found else None


def tokenizer_library() -> ModuleType:
    """The library for byte pairs.

    Raises:
        DataError: it is not installed.
    """
    try:
        import tokenizers
    except ImportError as error:
        words = tr_noop("Byte pairs need the library tokenizers: run “{command}”, or read the text in words.")
        raise DataError(message(words, command="pip install playground[texts]")) from error
    return tokenizers


def _cancellable(pieces: Iterable[str], context: Context) -> Iterator[str]:
    """The pieces; the library takes them in a thread of its own, which does not know what is cancelled in this one."""
    for piece in pieces:
        context.run(stop_if_cancelled)
        yield piece


def _joined(parts: Iterable[npt.NDArray[Any]], count: int) -> Tensor:
    kind = np.uint8 if count <= 256 else np.int16
    whole = np.concatenate([np.empty(0, kind), *(part.astype(kind) for part in parts)])
    return torch.from_numpy(whole)


def _bytes_of(character: str) -> Sequence[int]:
    try:
        return character.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return (-1,)


@lru_cache(maxsize=1)
def _byte_names() -> tuple[str, ...]:
    """The character by which the library names each byte: itself where it is visible, else one from 256 on."""
    visible = {*range(33, 127), *range(161, 173), *range(174, 256)}
    hidden = [one for one in range(256) if one not in visible]
    return tuple(chr(one if one in visible else 256 + hidden.index(one)) for one in range(256))


def _name_of(unit: bytes) -> str:
    return "".join(_byte_names()[one] for one in unit)
