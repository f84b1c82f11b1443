"""Texts are read in the encoding that they have; where that is not certain, it is said."""

from __future__ import annotations

import codecs

import pytest

from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.encoding import decoded, reading_of
from tests.benchmarks.encodings import Case, cases, is_right, ours

NAMES = {  # the superset by which each is read
    "iso-8859-15": {"cp1252", "iso8859-15"},  # the same but for “€” and a few letters
    "iso-8859-2": {"iso8859-2", "cp1250", "cp1252"},  # where a text has none of the letters that differ
    "cp1250": {"cp1250", "cp1252"},
    "gbk": {"gb18030"},
    "big5": {"cp950"},
    "shift_jis": {"cp932"},
    "euc_kr": {"cp949"},
    "cp1253": {"cp1253", "iso8859-7"},
    "iso-8859-7": {"cp1253", "iso8859-7"},
    "iso-8859-8": {"cp1255"},
    "tis-620": {"cp874"},
    "iso-8859-9": {"cp1254"},
    "iso-8859-13": {"cp1257"},
    "cp437": {"cp437", "cp850"},
    "cp850": {"cp437", "cp850"},
    "cp852": {"cp852", "cp850"},
}
TOO_LIKE = {("Hungarian", "cp852", "table")}  # its few letters that differ are letters in DOS 850 as well


CASES = [case for case in cases() if case.form != "long prose" or case.encoding in ("cp1252", "cp850", "gb18030")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.language}, {case.encoding}, {case.form}")
def test_every_text_is_read_right(case: Case) -> None:
    if (case.language, case.encoding, case.form) in TOO_LIKE:
        assert reading_of(case.data, "f").doubt is not None
        return
    assert is_right(case, ours)
    assert ours(case.data) in NAMES.get(case.encoding, {codecs.lookup(case.encoding).name})


def test_letters_that_rarely_occur_together_are_read_right() -> None:
    text = "Zażółć gęślą jaźń. " * 200
    for encoding in ("cp1250", "iso8859-2"):
        assert decoded(text.encode(encoding), "f") == (text, encoding)


def test_an_euro_is_no_currency_sign() -> None:
    text = "Das Öl für die Tür kostet 5 € und die Schlüssel 20 €."
    assert decoded(text.encode("iso8859-15"), "f") == (text, "iso8859-15")
    assert decoded(text.encode("cp1252"), "f") == (text, "cp1252")


def test_few_characters_of_doubtful_encoding_are_said_to_be_so() -> None:
    for data in ("Le marché est à côté".encode("cp1252"), "中文".encode("gbk")):
        assert "is not certain" in str(reading_of(data, "f").doubt)
    long = "Le marché est déjà terminé, près de la fontaine. " * 20
    for text, encoding in ((long, "cp1252"), (long, "utf-8"), ("plain", "ascii"), ("", "ascii")):
        assert reading_of(text.encode(encoding), "f").doubt is None


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Αθήνα", "cp1253"), ("ירושלים", "cp1255"), ("القاهرة", "cp1256"), ("กรุงเทพ", "cp874"), ("Größe", "cp850")],
)
def test_one_word_is_read_or_its_encoding_is_told_to_be_doubtful(text: str, encoding: str) -> None:
    data = f"{text};1\n".encode(encoding)
    assert reading_of(data, "f").doubt is not None or decoded(data, "f") == (f"{text};1\n", encoding)


def test_a_text_with_a_damaged_character_stays_what_it_is() -> None:
    text = "Größe und Öl. " * 300
    assert decoded(text.encode() + b"\xe4\xff", "f") == (text + "\ufffd\ufffd", "utf-8")
    assert decoded(text.encode()[:-1] + "ö".encode()[:1], "f") == (text[:-1] + "\ufffd", "utf-8")


def test_an_encoding_that_was_chosen_is_taken() -> None:
    data = "Größe".encode("cp1252")
    assert decoded(data, "f", "cp1251") == ("GrцЯe", "cp1251")
    assert decoded(data, "f", "utf-8") == ("Gr\ufffd\ufffde", "utf-8")


def test_a_long_line_is_cut_where_a_character_begins() -> None:
    text = "x" * 70_000 + "早上下了一场小雨，院子里的石板路还是湿的。" * 4_000
    assert decoded(text.encode("gb18030"), "f") == (text, "gb18030")


@pytest.mark.parametrize("data", [b"a\0b", b"\0\1\2\3" * 50, bytes(range(256)), b"\xff\xfea"])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(Damaged):
        decoded(data, "f")
