"""Kinds of columns, missing cells, and columns from which nothing can be learned."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.engine.data.formats.column_kinds import Values
from playground.engine.data.formats.columns import columns
from playground.engine.data.formats.layout import found_rows
from playground.spec.data.skipped import Skips, counted
from playground.spec.data.table_reading import ColumnChoice, ReadingChoice
from playground.spec.data.table_summary import Column


def said(skips: Skips) -> list[str]:
    return [f"{item.where}: {item.why}" for item in skips.listed]


def read(
    text: str, skips: Skips | None = None, choice: ReadingChoice | None = None
) -> tuple[tuple[Values, ...], int, list[str]]:
    skips, choice = skips or Skips(), choice or ReadingChoice()
    rows, remarks = found_rows(text, choice, "utf-8", "a.csv", skips)
    found = columns(rows, skips, choice)
    return found.columns, int(found.used.sum()), [str(item) for item in (*remarks, *found.remarks)]


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
        "column “empty”: all its cells are empty",
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
        ([f"{i:02}.12.2025" for i in range(1, 21)], "date", None),
        (["31.12.2025", "12.31.2025"] * 10, "date", "month first: “31.12.2025” in row 2, “12.31.2025” in row 3"),
        (["31.12.2025"] * 20, "date", "the same"),
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


def test_numbers_that_only_tell_rows_apart_are_left_out() -> None:
    rows = [f"{i * 37 % 101},{1000 + i - i % 15 // 14},{i % 5},{i % 2}" for i in range(60)]
    found, _, _ = read("\n".join([",ID,a,b", *rows]))
    assert [(item.column.name, item.column.kind) for item in found[:2]] == [
        ("index", "identifier"),
        ("ID", "identifier"),
    ]
    assert [str(item.why) for item in found[:2]] == [
        "it names the rows",
        "it is an identifier by its name, and nearly all its numbers differ",
    ]
    assert all(item.column.usable for item in found[2:])


def test_the_kind_of_a_column_with_many_missing_values_is_known() -> None:
    found = column("y", ["1.5", "", "2.5", "", "4"] * 10)
    assert (found.column.kind, found.column.usable, str(found.why)) == (
        "number",
        False,
        "40 % of its values are missing",
    )


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
    assert (found[0].column.low, whole) == (0.5, 22)
    assert remarks[0] == "In “t”, -999 in 2 rows is far below all other numbers: read as a missing value."


@pytest.mark.parametrize(
    ("cells", "order", "parts", "inputs"),
    [
        (["2025-03-01", "2026-12-31"], "ymd", ("year", "month", "weekday"), 5),
        (["31.12.2025", "01.02.2025"], "dmy", ("month", "weekday"), 4),
        (["12/31/2025", "02/01/2025"], "mdy", ("month", "weekday"), 4),
        (["01/02/2025", "02/03/2025"], "mdy", ("month", "day", "weekday"), 6),  # open: as the United States write it
        (["01-02-25", "02-03-25"], "dmy", ("month", "day", "weekday"), 6),
        (["2025-12-10T12:30:00Z", "2025-12-10T23:59:59Z"], "ymd", ("hour",), 2),
        (["12:30", "9:15 pm"], "ymd", ("hour",), 2),
    ],
)
def test_dates_become_the_parts_in_which_they_differ(
    cells: list[str], order: str, parts: tuple[str, ...], inputs: int
) -> None:
    found = column("y", cells * 10).column
    assert (found.kind, found.order, found.parts, found.width) == ("date", order, parts, inputs)


def test_an_order_of_dates_that_is_open_is_said_and_can_be_chosen() -> None:
    text = "\n".join(["x|y", *(f"{i * i}.5|0{1 + i % 2}/0{2 + i % 3}/2025" for i in range(20))])
    _, _, remarks = read(text)
    assert remarks == ["“01/02/2025” in y is read with the month first, though it could be the day."]
    choice = ReadingChoice(columns=(ColumnChoice(name="y", order="dmy"),))
    found, _, remarks = read(text, choice=choice)
    assert (found[1].column.order, remarks) == ("dmy", [])
    assert np.datetime64(int(found[1].values[0]), "s") == np.datetime64("2025-02-01")


def test_numbers_of_eight_digits_are_dates_where_all_are_days() -> None:
    def days(cells: list[str], **decided: Any) -> tuple[Column, list[str]]:
        choice = ReadingChoice(columns=(ColumnChoice(name="day", **decided),) if decided else ())
        text = "\n".join(["x|day", *(f"{index * index}.5|{cell}" for index, cell in enumerate(cells))])
        found, _, remarks = read(text, choice=choice)
        return found[1].column, remarks

    calendar = [f"202401{day:02}" for day in range(1, 31)]
    found, remarks = days(calendar)
    assert (found.kind, found.low) == ("date", 1704067200)
    assert remarks == ["Numbers such as “20240101” in day are read as dates, because all are days of a calendar."]
    assert days(calendar, kind="number")[0].low == 20240101
    words = "Numbers such as “20240101” in day are not read as dates, because “{}” is no day of a calendar."
    for other, kind in (("99999999", "number"), ("00000000", "identifier")):
        found, remarks = days([*calendar[:-1], other])
        assert (found.kind, remarks) == (kind, [words.format(other)])
    assert days([f"{19_000_000 + 12_345 * number}" for number in range(30)])[0].kind == "number"


def test_numbers_that_look_like_months_are_told() -> None:
    def remarks(cells: list[str]) -> list[str]:
        return read("\n".join(["x|month", *(f"{index * index}.5|{cell}" for index, cell in enumerate(cells))]))[2]

    months = [f"{year}{month:02}" for year in (2023, 2024) for month in range(1, 13)]
    assert remarks(months) == [
        "“202301” in month is read as a number, though it looks like a month: from December to January the number "
        "grows by 89. Written as “2023-01-01”, it is read as a date."
    ]
    assert remarks(months[:12]) == []
    assert remarks([*months, "202413"]) == []


@pytest.mark.parametrize(
    ("cells", "unit", "low"),
    [
        ([f"{n}.5 kg" for n in range(20)], "kg", 0.5),
        ([f"{n},5cm" for n in range(20)], "cm", 0.5),
        ([f"{30 * n + 15} km/h" for n in range(20)], "km/h", 15),
        ([f"-{n}°C" for n in range(20)], "°C", -19),
        ([f"{n + 1} m" for n in range(20)], "m", 1),
        ([f"{n + 1}e3kg" for n in range(20)], "kg", 1000),
    ],
)
def test_a_unit_behind_all_numbers_is_kept(cells: list[str], unit: str, low: float) -> None:
    lines = [f"{index * index}.5|{cell}" for index, cell in enumerate(cells)]
    found, _, remarks = read("\n".join(["x|y", *lines]))
    assert (found[1].column.kind, found[1].column.notation.affix, found[1].column.low) == ("number", unit, low)
    assert remarks == [f"“{cells[0]}” in y is read as a number in {unit}."]
    assert read("\n".join(lines))[0][1].column.notation.affix == unit  # the first row is none of names
    assert len(read("\n".join(lines))[0][1].values) == 20


@pytest.mark.parametrize("others", ["{} g", "{}", "{} m"])
def test_numbers_with_different_units_are_no_numbers(others: str) -> None:
    skips = Skips()
    found = column("y", [f"{n + 1} kg" if n % 3 else others.format(300 + n) for n in range(20)], skips)
    assert found.column.kind == "identifier"
    assert said(skips) == [
        f"column “y”: its numbers have different units: “{others.format(300)}” in row 2, “2 kg” in row 3"
    ]
    assert column("y", [("250 ml", "500 ml", "1 l")[n % 3] for n in range(20)]).column.kind == "category"
    assert column("y", [("5a", "6b", "7a")[n % 3] for n in range(20)]).column.kind == "category"
    assert column("y", [f"{n} m" if n % 2 else f"{n} mm" for n in range(20)]).column.kind == "identifier"
    assert column("y", [*(f"{n + 1} kg" for n in range(30)), "-5"]).column.kind == "identifier"
    assert column("y", [*(f"{n + 1} kg" for n in range(30)), "about 3", "5"]).column.kind == "identifier"
    assert column("y", ["1e3m", "2e3m", "5e3m"] * 8).column.kind == "category"


def test_a_number_before_a_comma_has_no_unit() -> None:
    rows, _ = found_rows(
        "review,label\n" + "".join(f"a tree {n},{('good', 'bad')[n % 2]}\n" for n in range(40)),
        ReadingChoice(),
        "utf-8",
        "a.csv",
        Skips(),
    )
    assert rows.names == ("review", "label")


def test_categories_that_only_letter_case_or_blanks_tell_apart_are_told() -> None:
    cells = ("male", "Male ", "female", "New York", "New  York")
    found, _, remarks = read("\n".join(["x|y", *(f"{n * n}.5|{cells[n % 5]}" for n in range(30))]))
    assert found[1].column.categories == ("Male", "New  York", "New York", "female", "male")
    assert remarks == [
        "“Male” and “male” in y differ only in letter case, blanks or the like. They count as different categories: "
        "correct the data if they are the same (2 such pairs or groups)."
    ]
    assert "“a” and “a\u200b” in y differ only" in read("x|y\n" + "1.5|a\n2.5|a\u200b\n3.5|b\n" * 9)[2][0]


LACKING = "n,c,t\n" + "".join(f"{i}.5,{'ab'[i % 2]},{i * 7 % 10}\n" for i in range(40)) + ",a,1\n5.5,,2\n6.5,?,3\n"


def test_few_rows_that_lack_a_value_are_left_out_and_many_are_filled() -> None:
    found, used, remarks = read(LACKING)
    assert used == 43
    assert [item.column.missing for item in found] == [1, 2, 0]
    assert [item.column.own_missing for item in found] == [False] * 3
    assert remarks == [
        "7 % of the rows lack a value (n: 1, c: 2): in inputs the median of the column takes its place, of categories "
        "the most frequent one."
    ]
    found, used, remarks = read(LACKING, choice=ReadingChoice(missing="row"))
    assert (used, [item.column.missing for item in found], remarks) == (40, [0, 0, 0], [])
    found, used, remarks = read("\n".join(LACKING.split("\n")[:42]))
    assert (used, remarks) == (40, [])


def test_the_lack_of_a_value_is_an_input_of_its_own() -> None:
    found, _, _ = read(LACKING, choice=ReadingChoice(missing="own"))
    assert [(item.column.own_missing, item.column.width) for item in found] == [(True, 2), (True, 3), (False, 1)]


def test_a_column_is_what_the_user_says() -> None:
    text = "n,id,w\n" + "".join(f"{i % 5},{i},{'word' if i % 3 else i}\n" for i in range(30))

    def chosen(**changes: Any) -> Column:
        name = changes.pop("name")
        choice = ReadingChoice(columns=(ColumnChoice(name=name, **changes),))
        return next(item.column for item in read(text, choice=choice)[0] if item.column.name == name)

    assert not chosen(name="n", used=False).usable
    assert chosen(name="n", kind="category").categories == ("0", "1", "2", "3", "4")
    assert not chosen(name="id").usable
    assert chosen(name="id", used=True).kind == "number"
    number = chosen(name="w", kind="number", used=True)
    assert (number.kind, number.usable, number.missing) == ("number", True, 20)
    assert chosen(name="n", scaling="robust").scaling == "robust"
    assert not chosen(name="n", kind="date").usable


def test_a_few_words_among_many_numbers_stand_for_missing_ones() -> None:
    found = column("y", [("unknown", "—", f"{n}.5")[min(n % 5, 2)] for n in range(50)])
    assert (found.column.kind, found.column.usable, found.missing) == ("number", False, 20)  # 40 % are too many
    found = column("y", ["inf" if n % 5 == 0 else f"{n}.5" for n in range(50)])
    assert (found.column.kind, found.column.usable, found.missing) == ("number", True, 10)
    found = column("y", [("2", "3", "4", "5more")[n % 4] for n in range(50)])
    assert (found.column.kind, found.column.categories) == ("category", ("2", "3", "4", "5more"))
    skips = Skips()
    found = column("y", ["inf" if n % 5 == 0 else f"{n}e300" for n in range(50)], skips)
    assert not found.column.usable
    assert said(skips) == ["column “y”: its numbers are too large to compute with"]


def test_codes_with_leading_zeros_are_no_amounts() -> None:
    found = column("postcode", [("01067", "10115", "80331")[n % 3] for n in range(30)])
    assert found.column.categories == ("01067", "10115", "80331")
    skips = Skips()
    assert column("postcode", [f"0{1000 + n}" for n in range(30)], skips).column.kind == "identifier"
    assert said(skips) == ["column “postcode”: 30 different texts, most of which occur once"]
    assert column("month", [f"{n % 12 + 1:02}" for n in range(30)]).column.kind == "number"
    assert column("x", [f"0.{n:03}" for n in range(30)]).column.kind == "number"
