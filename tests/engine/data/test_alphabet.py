"""Texts become numbers and come back; what is taken out of them can be put back."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from playground.engine.data.alphabet import Alphabet, alphabet_of, restored_of, stripped

LINES = "First Citizen:\nSpeak, speak... No?! 'Tis well; well--\n"


def put_back(text: str) -> str:
    restored = restored_of(text)
    bare = stripped(text, restored)
    return "".join(restored.written(character, int(label)) for character, label in zip(*bare, strict=True))


@given(st.text())
def test_what_is_encoded_can_be_decoded(text: str) -> None:
    known = alphabet_of(text)
    codes = known.encode(text)
    assert "".join(known.characters[code] for code in codes.tolist()) == text


def test_codes_are_as_small_as_they_can_be() -> None:
    many = "".join(map(chr, range(0x4E00, 0x4E00 + 40_000)))
    assert Alphabet(many[:256]).encode(many[:3]).dtype == torch.uint8
    assert Alphabet(many[:257]).encode(many[:3]).dtype == torch.int16
    assert Alphabet(many).encode(many[-1]).tolist() == [39_999]


def test_what_an_alphabet_lacks_is_left_out() -> None:
    known = alphabet_of("abc")
    assert known.encode("a–b漢c").tolist() == [0, 1, 2]
    assert known.lacking("a–b–漢") == "–漢"
    assert alphabet_of("").encode("abc").tolist() == []


def test_case_and_marks_are_taken_out_and_put_back() -> None:
    bare = stripped(LINES, restored_of(LINES))
    assert bare.text == "first citizen\nspeak speak no 'tis well well--\n"
    assert put_back(LINES) == "First Citizen:\nSpeak, speak. No? 'Tis well; well--\n"  # of several marks the first


@given(st.text("aB .,!é漢，\n", max_size=30))
def test_single_marks_come_back(text: str) -> None:
    single = "".join(c for i, c in enumerate(text) if c not in ".,!，" or (i and text[i - 1] not in ".,!，"))
    assert put_back(single) == single


def test_pieces_are_stripped_as_the_whole_is(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = stripped(LINES * 3, restored_of(LINES))
    for piece in (1, 2, 3, 5, 7, 60):
        monkeypatch.setattr("playground.engine.data.alphabet._PIECE", piece)
        again = stripped(LINES * 3, restored_of(LINES))
        assert again.text == whole.text
        assert again.labels.tolist() == whole.labels.tolist()


def test_letters_without_one_lower_case_stay() -> None:
    assert stripped("İx", restored_of("İx")).text == "İx"


def test_marks_of_chinese_are_those_it_has() -> None:
    restored = restored_of("床前明月光，疑是地上霜。")
    assert (restored.marks, restored.cased, len(restored)) == ("。，", False, 3)
