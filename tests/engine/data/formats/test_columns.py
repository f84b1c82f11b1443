"""Kinds of columns, missing cells, and columns from which nothing can be learned."""

from __future__ import annotations

import numpy as np
import pytest

from playground.engine.data.formats.column_kinds import Values
from playground.engine.data.formats.columns import columns
from playground.engine.data.formats.layout import found_rows
from playground.spec.data.skipped import Skips, counted
from playground.spec.data.table_reading import ReadingChoice


def said(skips: Skips) -> list[str]:
    return [f"{item.where}: {item.why}" for item in skips.listed]


def read(text: str, skips: Skips | None = None) -> tuple[tuple[Values, ...], int, list[str]]:
    skips = skips or Skips()
    rows, remarks = found_rows(text, ReadingChoice(), "utf-8", "a.csv", skips)
    found, whole, _, _, doubts = columns(rows, skips)
    return found, int(whole.sum()), [str(item) for item in (*remarks, *doubts)]


def column(name: str, cells: list[str], skips: Skips | None = None) -> Values:
    """A column beside one of numbers."""
    lines = [f"x|{name}", *(f"{index * index}.5|{cell}" for index, cell in enumerate(cells))]
    return read("\n".join(lines), skips)[0][1]


def test_kinds_of_columns_and_missing_cells() -> None:
    text = "n,w,c,id,empty\n" + "".join(f"{i}.5,{i % 3},{'ab'[i % 2]},name {i},\n" for i in range(150)) + "?,1,a,x,\n"
    skips = Skips()
    found, whole, _ = read(text.replace(",\n", ",,\n").replace("empty", "empty,e"), skips)
    assert [item.column.kind for item in found[:5]] == ["number", "number", "category", "identifier", "text"]
    assert [item.column.usable for item in found[:5]] == [True, True, True, False, False]
    assert [item.missing for item in found[:5]] == [1, 0, 0, 0, 151]
    assert whole == 150
    number_, few, category = (item.column for item in found[:3])
    assert (number_.low, number_.high, number_.whole, number_.categories) == (0.5, 149.5, False, ())
    assert (few.whole, few.categories, few.counts) == (True, ("0", "1", "2"), (50, 50, 50))
    assert (category.categories, category.counts) == (("a", "b"), (75, 75))
    assert np.array_equal(found[2].values[:4], [0, 1, 0, 1])
    assert said(skips)[:2] == [
        "column “id”: 151 different texts, most of which occur once",
        "column “empty”: 100 % of its cells are empty",
    ]
    assert said(skips)[-1] == "row 152: no value for n"
    assert str(counted(skips.counts)) == "1 row, 3 columns"


@pytest.mark.parametrize("cell", ["", "NA", "N/A", "NaN", "null", "-", "?"])
def test_missing_cells(cell: str) -> None:
    found = column("y", ["1.5", "2.5", cell, "3.5"])
    assert (found.column.kind, found.missing) == ("number", 1)
    assert np.isnan(found.values).tolist() == [False, False, True, False]


@pytest.mark.parametrize(
    ("cells", "kind", "why"),
    [
        ([f"{i:02}.12.2025" for i in range(1, 21)], "date", "dates or times"),
        ([f"12/{i}/2025" for i in range(1, 21)], "date", "dates or times"),
        ([f"2025-12-{i + 10}T12:30:00Z" for i in range(20)], "date", "dates or times"),
        ([f"12:{i + 10}" for i in range(20)], "date", "dates or times"),
        ([f"name{i}" for i in range(20)], "identifier", "20 different texts"),
        ([f"this is remark number {i}" for i in range(20)], "text", "20 different texts"),
        (["1.5", "2,5"] * 10, "number", "written in two ways: “1.5” in row 2, “2,5” in row 3"),
        (["7"] * 20, "number", "the same"),
        (["a"] * 20, "category", "the same"),
        (["1e308", "-1e308"] * 10, "number", "too large"),
        (["1e200", "-1e200"] * 10, "number", "too large"),
        (["inf", "2"] * 10, "category", None),
        ([f"{i}e-200" for i in range(20)], "number", "differ too little"),
    ],
)
def test_what_is_left_out_and_why(cells: list[str], kind: str, why: str | None) -> None:
    found = column("y", cells)
    assert found.column.kind == kind
    assert found.column.usable is (why is None)
    assert why is None or why in str(found.why)


def test_an_index_is_proposed_as_left_out() -> None:
    for name in ("", "id"):
        found, _, _ = read("\n".join([f"{name},a,b", *(f"{i},{i * 7 % 5},{i % 2}" for i in range(20))]))
        assert (found[0].column.name, found[0].column.kind) == (name or "index", "identifier")
        assert not found[0].column.usable
        assert found[1].column.usable


def test_a_few_words_among_numbers_are_missing_values() -> None:
    skips = Skips()
    found, whole, _ = read("n,m\n" + "".join(f"{i},{i * i}\n" for i in range(20)) + "many,3\n", skips)
    assert found[0].column.kind == "number"
    assert whole == 20
    assert said(skips) == ["row 22: “many” in n is not a number that can be used"]


def test_one_number_far_below_all_others_stands_for_a_missing_one() -> None:
    text = "\n".join(["t,u", *(f"{i}.5,{-i * 50}" for i in range(20)), "-999,3", "-999,-999"])
    found, whole, remarks = read(text)
    assert found[0].column.missing_value == -999
    assert found[0].missing == 2
    assert found[1].column.missing_value is None
    assert (found[0].column.low, whole) == (0.5, 20)
    assert remarks == ["In “t”, -999 in 2 rows is far below all other numbers: read as a missing value."]
