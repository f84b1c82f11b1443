"""Labels as names of folders: nothing is lost, and no name is one that a system refuses or takes for another."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.spec.data.label_folders import folder_name, label_of

ODD = ("../x", "..", ".", "CON", "con", "com1", "nul", "a/b", "a\\b", "", " ", "x" * 300, "%", "%41", "a.", "日", "é")


@given(st.text(st.characters()))  # surrogates as well
def test_a_name_gives_its_label_back(label: str) -> None:
    assert label_of(folder_name(label)) == label


@given(st.text(st.characters()))
def test_a_name_is_safe_on_every_system(label: str) -> None:
    name = folder_name(label)
    assert name
    assert not set(name) & set('/\\:*?"<>|. \0')
    assert name.lower() not in {
        "con",
        "prn",
        "aux",
        "nul",
        *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
    }
    assert name.casefold() == name
    assert {sign for sign in name if not sign.isascii() and not sign.isalpha()} == set()


@given(st.characters(), st.characters())
def test_signs_that_a_file_system_may_take_for_each_other_have_other_names(one: str, other: str) -> None:
    def alike(sign: str) -> str:
        return unicodedata.normalize("NFKC", sign.upper().casefold())

    assert one == other or alike(folder_name(one)) != alike(folder_name(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a", "A"),
        ("\N{GREEK SMALL LETTER FINAL SIGMA}", "\N{GREEK SMALL LETTER SIGMA}"),
        ("K", "\N{KELVIN SIGN}"),
        ("i", "\N{LATIN SMALL LETTER DOTLESS I}"),
        ("\N{LATIN SMALL LETTER E WITH ACUTE}", "e\N{COMBINING ACUTE ACCENT}"),
    ],
)
def test_pairs_that_are_often_taken_for_each_other(one: str, other: str) -> None:
    names = {folder_name(one), folder_name(other)}
    assert len({unicodedata.normalize("NFKC", name.upper().casefold()) for name in names}) == 2


@pytest.mark.parametrize("label", ODD)
def test_odd_labels_become_folders(label: str, tmp_path: Path) -> None:
    if len(label) < 255:  # longer ones are refused before: see `label_from`
        (tmp_path / folder_name(label)).mkdir()
        assert [label_of(path.name) for path in tmp_path.iterdir()] == [label]
    assert label_of(folder_name(label)) == label


@pytest.mark.parametrize("name", ["Foo", "con", "%2", "%zz", "%ff", "%61", "%4A", "a.b", "%41%", ""])
def test_other_names_are_no_labels(name: str) -> None:
    assert label_of(name) is None


def test_plain_labels_are_their_own_names() -> None:
    for label in ("7", "tree", "plus_sign", "+", "日本"):
        assert folder_name(label) == label
