"""What a file becomes when it is opened: a table, unless it clearly holds labelled texts and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.engine.data.in_memory import DataError
from playground.engine.data.opening import inspected_as
from playground.spec.data.dataset import Dataset, dataset_of
from playground.spec.data.table_reading import ReadingChoice
from playground.spec.data.text_summary import TextChoice
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import OwnText

TEXTS = [f"a line of {n} words" for n in range(40)]
FILES = {
    "texts and labels": ("text,label", [f"{text},{'ab'[n % 2]}" for n, text in enumerate(TEXTS)], LabelledTexts),
    "with a number": ("text,label,age", [f"{text},{'ab'[n % 2]},{n % 7}" for n, text in enumerate(TEXTS)], Table),
    "with a category": (
        "text,label,who",
        [f"{text},{'ab'[n % 2]},{'xyz'[n % 3]}" for n, text in enumerate(TEXTS)],
        Table,
    ),
    "with a number of the row": (
        "id,text,label",
        [f"{n},{text},{'ab'[n % 2]}" for n, text in enumerate(TEXTS)],
        LabelledTexts,
    ),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_table_stays_one_where_a_network_can_learn_from_its_other_columns(kind: str, tmp_path: Path) -> None:
    header, rows, expected = FILES[kind]
    path = tmp_path / "a.csv"
    path.write_text("\n".join([header, *rows]))
    found = inspected_as(Table, path, int)
    assert found.kind is expected
    remarks = [str(remark) for remark in found.found.remarks]
    told = "“a.csv” is read as labelled texts: the text is “text”, the label “label”."
    assert (told in remarks) is (expected is LabelledTexts)


def test_names_of_one_word_are_no_texts_and_what_is_refused_says_why_it_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["name,label", *(f"word{n},{'ab'[n % 2]}" for n in range(40))]))
    with pytest.raises(DataError, match="too few columns"):
        inspected_as(Table, path, int)
    path.write_text("\n".join([FILES["texts and labels"][0], *FILES["texts and labels"][1]]))
    with pytest.raises(DataError, match="too few columns"):
        inspected_as(Table, path, int, exactly=True)
    assert inspected_as(LabelledTexts, path, int).kind is LabelledTexts


TOWNS = ["New York", "Rome", "Bad Ems"]
TEXT_FILES = {
    "aligned": ("height  home town    n", [f"{1.5 + n / 99:6.2f}  {TOWNS[n % 3]:9}{n:5}" for n in range(40)], Table),
    "numbers": ("a b", [f"{n} {n * n}" for n in range(40)], Table),
    "commas and a number": ("Mary,F,7065", [f"{TOWNS[n % 3]},{'FM'[n % 2]},{n}" for n in range(40)], Table),
    "tabs": ("kind\ttext", [f"{'ab'[n % 2]}\tyes, it is {text}" for n, text in enumerate(TEXTS)], LabelledTexts),
    "sums": ("0 + 0 = 0", [f"{n} + {n} = {2 * n}" for n in range(40)], OwnText),
    "places": ("Paris, France", [f"{town}, Italy" for town in TOWNS * 10], OwnText),
    "prose": ("Well, I never.", ["Yes, you did.", "No, I did not, at all.", "So it goes."] * 10, OwnText),
    "talk": ("12:00 Anna: hello", [f"12:{n} Bo: yes, {n}" for n in range(10, 50)], OwnText),
    "written by R": (
        '"mpg" "name" "am"',
        [f'"Mazda RX{n}" 2{n % 7}.5 "two words {"xy"[n % 2]}" {n % 2}' for n in range(40)],
        Table,
    ),
    "R without quotes": ("len supp dose", [f"{n % 7}.5 {('OJ', 'VC')[n % 2]} {n % 3}" for n in range(40)], Table),
    "a page break": ("\x0c\nlen supp dose", [f"{n % 7}.5 {('OJ', 'VC')[n % 2]} {n % 3}" for n in range(40)], Table),
    "verses": ("First line of one", [f"Line {n} of one" for n in range(40)], OwnText),
    "too short": ("a,b", ["1,2", "3,4"], OwnText),
}


@pytest.mark.parametrize("name", TEXT_FILES)
def test_a_text_file_is_a_table_where_that_is_clear(name: str, tmp_path: Path) -> None:
    header, rows, expected = TEXT_FILES[name]
    path = tmp_path / "a.txt"
    path.write_text("\n".join([header, *rows]))
    found = inspected_as(OwnText, path, int)
    assert found.kind is expected
    told = any("it is read as a table. To read it as a text" in str(remark) for remark in found.found.remarks)
    assert told is (expected is not OwnText)
    assert inspected_as(OwnText, path, int, TextChoice()).kind is OwnText
    assert inspected_as(OwnText, path, int, exactly=True).kind is OwnText


def test_a_text_file_is_a_table_where_a_reading_is_chosen(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("\n".join(f"{town}, {'ab'[n % 2]}" for n, town in enumerate(TOWNS * 10)))
    found = inspected_as(OwnText, path, int, ReadingChoice(separator=","))
    assert found.kind is Table
    assert [column.name for column in found.found.source.columns] == ["column 1", "column 2"]


def put(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("words")
    return folder


def test_a_folder_of_folders_of_texts_is_labelled_texts_and_others_are_as_before(tmp_path: Path) -> None:
    expected: dict[tuple[str, ...], type[Dataset]] = {
        ("a/1.txt", "b/2.TXT", ".git/x", "readme.md"): LabelledTexts,
        ("a/1.txt",): OwnPictures,
        ("a/1.txt", "b/2.png"): OwnPictures,
        ("a/1.png", "b/2.png"): OwnPictures,
        ("1.txt", "2.txt"): OwnText,
        ("1.txt", "2.txt", "3.log"): OwnText,
        ("1.txt", "2.png"): OwnPictures,
    }
    for number, (names, kind) in enumerate(expected.items()):
        assert dataset_of(put(tmp_path / str(number), *names)) is kind
