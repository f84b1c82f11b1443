"""Tables as people write them: separators, decimal commas, headers, encodings, and what is wrong with them."""

from __future__ import annotations

import numpy as np
import pytest

from playground.engine.data.formats.columns import columns
from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.delimited import rows
from playground.engine.data.formats.encoding import decoded
from playground.engine.data.formats.numbers import number
from playground.spec.data.skipped import Skips, counted


def said(skips: Skips) -> list[str]:
    return [f"{item.where}: {item.why}" for item in skips.listed]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(separator: str) -> None:
    text = "\n".join(separator.join(row) for row in (("name", "size"), ("a b", "1.5"), ("c", "2")))
    found = rows(text, "file", Skips())
    assert (found.separator, found.names, found.begin) == (separator, ("name", "size"), 1)
    assert found.cells == [["a b", "1.5"], ["c", "2"]]


def test_a_comma_inside_quotes_or_as_a_decimal_point_separates_nothing() -> None:
    assert rows('name,size\n"a, b",1\nc,2\n', "file", Skips()).cells[0] == ["a, b", "1"]
    found = rows("x;y\n1,5;2,5\n3,5;4\n", "file", Skips())
    assert (found.separator, found.names) == (";", ("x", "y"))
    values, _ = columns(found, Skips())
    assert values[0].values.tolist() == [1.5, 3.5]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a,b\n1,2\n", ("a", "b")),
        ("1,2\n3,4\n", ("column 1", "column 2")),
        ("red,1\nblue,2\n", ("column 1", "column 2")),
        ("a,a\n1,2\n", ("column 1", "column 2")),
        (",b\n1,2\n", ("column 1", "column 2")),
        ("red,big\nblue,small\nred,big\n", ("column 1", "column 2")),
        ("colour,size\nblue,small\nred,big\n", ("colour", "size")),
    ],
)
def test_a_header_is_told_from_values(text: str, names: tuple[str, ...]) -> None:
    assert rows(text, "file", Skips()).names == names


def test_rows_of_another_width_are_listed() -> None:
    skips = Skips()
    found = rows("a,b\n1,2\n\n3\n4,5,6\n7,8\n", "file", skips)
    assert found.cells == [["1", "2"], ["7", "8"]]
    assert found.numbers == [2, 6]
    assert said(skips) == ["row 4: 1 cells instead of 2", "row 5: 3 cells instead of 2"]


@pytest.mark.parametrize("text", ["", "\n\n", "word", "one\ntwo\n"])
def test_what_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(Damaged, match="not a table"):
        rows(text, "file", Skips())


@pytest.mark.parametrize("text", [";;;\n;;;\n", ",\n", "\t\t\n\t\t\n\n"])
def test_a_file_of_separators_alone_is_refused(text: str) -> None:
    with pytest.raises(Damaged, match="no values"):
        rows(text, "a.csv", Skips())


@pytest.mark.parametrize(
    ("cell", "separator", "value"),
    [
        ("-1.5e3", ",", -1500.0),
        ("1,5", ";", 1.5),
        ("1,234.5", ",", 1234.5),
        ("1,23", ",", None),
        (".5", ",", 0.5),
        ("", ",", None),
        ("1e999", ",", None),
        ("nan", ",", None),
        ("inf", ",", None),
        ("1_000", ",", None),
        ("0x10", ",", None),
        ("12 kg", ",", None),
    ],
)
def test_numbers(cell: str, separator: str, value: float | None) -> None:
    assert number(cell, separator) == value


def test_encodings_are_found() -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        assert decoded("Größe, 5 €".encode(encoding), "file") == ("Größe, 5 €", encoding)
    for damaged in (b"a\0b", b"\xff\xfe\x00"):
        with pytest.raises(Damaged):
            decoded(damaged, "file")


def test_kinds_of_columns_and_missing_cells() -> None:
    text = "n,w,c,id,empty\n" + "".join(f"{i}.5,{i % 3},{'ab'[i % 2]},name {i},\n" for i in range(150)) + "?,1,a,x,\n"
    skips = Skips()
    found, whole = columns(rows(text, "file", skips), skips)
    assert [item.column.kind for item in found] == ["number", "number", "category", "left out", "left out"]
    assert int(whole.sum()) == 150
    number_, few, category = (item.column for item in found[:3])
    assert (number_.low, number_.high, number_.whole, number_.categories) == (0.5, 149.5, False, ())
    assert (few.whole, few.categories, few.counts) == (True, ("0", "1", "2"), (50, 50, 50))
    assert (category.categories, category.counts) == (("a", "b"), (75, 75))
    assert np.array_equal(found[2].values[:4], [0, 1, 0, 1])
    assert said(skips) == [
        "column “id”: 151 different texts, most of which occur once",
        "column “empty”: 100 % of its cells are empty",
        "row 152: no value for n",
    ]
    assert str(counted(skips.counts)) == "1 row, 2 columns"


def test_a_few_words_among_numbers_are_missing_values() -> None:
    text = "n,m\n" + "".join(f"{i},{i}\n" for i in range(20)) + "many,3\n"
    skips = Skips()
    found, whole = columns(rows(text, "file", skips), skips)
    assert found[0].column.kind == "number"
    assert int(whole.sum()) == 20
    assert said(skips) == ["row 22: no value for n"]
