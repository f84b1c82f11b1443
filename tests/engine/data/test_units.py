"""Words and byte pairs: the units of a text put together are that text; byte pairs are those of a plain computation."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from playground.engine.data.units import (
    PairUnits,
    WordUnits,
    learned_merges,
    learned_words,
    whole_words,
)
from playground.spec.cancelling import Cancelled, cancellable
from playground.spec.data.text_units import LONGEST_UNIT, pair_units

LINES = "The cat sat; the cat sang.\n\nA dog  ran, and ran — où? 床前明月光，疑是地上霜。\n"
TEXT = LINES * 40


def bytes_in(text: str) -> tuple[int, ...]:
    return tuple(sorted(set(text.encode())))


def pieces(text: str, size: int) -> Iterator[str]:
    return (text[at : at + size] for at in range(0, len(text), size))


def plainly_encoded(text: str, single: tuple[int, ...], merges: tuple[tuple[int, int], ...]) -> list[int]:
    """Apply each merge in turn, from left to right, within words of ASCII text as GPT-2 cuts it."""
    units = pair_units(single, merges)
    codes = []
    for word in re.findall(r"'(?:s|t|re|ve|m|ll|d)| ?[A-Za-z]+| ?[0-9]+| ?[^\sA-Za-z0-9]+|\s+(?!\S)|\s+", text):
        parts = [bytes([one]) for one in word.encode()]
        for first, second in merges:
            at = 0
            while at + 1 < len(parts):
                if (parts[at], parts[at + 1]) == (units[first], units[second]):
                    parts[at : at + 2] = [parts[at] + parts[at + 1]]
                at += 1
        codes += map(units.index, parts)
    return codes


def test_words_are_the_commonest_and_all_others_are_one() -> None:
    words = learned_words(["a b b c c c\n d e"], 4)
    assert words == (" c", " b", "a")
    units = WordUnits(words)
    assert len(units) == 4
    assert units.encode("a c zebra b").tolist() == [3, 1, units.unknown, 2] == [3, 1, 0, 2]


def test_words_put_together_are_the_text() -> None:
    units = WordUnits(learned_words([TEXT], 100))
    codes = units.encode(TEXT)
    assert 0 not in codes
    assert units.text(codes.tolist()) == TEXT
    assert [units.name(code) for code in units.encode("The cat 床前").tolist()] == ["The", " cat", " ", "床", "前"]


def test_byte_pairs_put_together_are_the_text() -> None:
    pytest.importorskip("tokenizers")
    single = bytes_in(TEXT)
    units = PairUnits(single, learned_merges([TEXT], 90, single))
    codes = units.encode(TEXT).tolist()
    assert units.text(codes) == TEXT
    assert len(units) == 90
    assert len(codes) < len(TEXT) * 0.7
    assert units.lacking("cat ж\ud800") == "ж\ud800"
    assert units.text(units.encode("cat ж\ud800").tolist()) == "cat "


def test_a_character_is_told_once_its_bytes_are_complete() -> None:
    units = PairUnits(bytes_in("a床"), ())
    codes = [units_code for byte in "床".encode() for units_code, one in enumerate(bytes_in("a床")) if one == byte]
    assert [units.text(codes[:count]) for count in range(4)] == ["", "", "", "床"]
    assert units.name(codes[0]) == "E5"


def test_byte_pairs_are_those_of_a_plain_computation() -> None:
    pytest.importorskip("tokenizers")
    text = "Low, lower, lowest: the newest and widest of them.\n\n  It's the 12 widest lows, isn't it?\n" * 20
    single = bytes_in(text)
    merges = learned_merges([text], 100, single)
    assert PairUnits(single, merges).encode(text).tolist() == plainly_encoded(text, single, merges)


@pytest.mark.parametrize("size", [7, 1000, 10**6])
def test_it_does_not_matter_in_which_pieces_a_text_comes(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("tokenizers")
    monkeypatch.setattr("playground.engine.data.units._LEAST", 64)
    assert "".join(whole_words(pieces(TEXT, size))) == TEXT
    words = WordUnits(learned_words(pieces(TEXT, size), 100))
    assert words.encode_pieces(pieces(TEXT, size)).tolist() == words.encode(TEXT).tolist()
    single = bytes_in(TEXT)
    merges = learned_merges(pieces(TEXT, size), 120, single)
    assert merges == learned_merges([TEXT], 120, single)
    pairs = PairUnits(single, merges)
    whole = pairs._tokenizer.encode(TEXT).ids
    assert pairs.encode_pieces(pieces(TEXT, size)).tolist() == whole


def test_learning_can_be_cancelled() -> None:
    pytest.importorskip("tokenizers")
    with cancellable(lambda: True), pytest.raises(Cancelled):
        learned_merges(pieces(TEXT, 100), 120, bytes_in(TEXT))


def test_no_unit_is_longer_than_a_file_may_hold() -> None:
    pytest.importorskip("tokenizers")
    text = "a" * 500 + " " + "b" * 100 + "\n"
    merges = learned_merges([text * 9], 200, bytes_in(text))
    assert max(map(len, pair_units(bytes_in(text), merges))) <= LONGEST_UNIT
    assert "a" * 500 not in learned_words([text], 100)
