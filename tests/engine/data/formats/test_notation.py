"""Numbers as people write them, decided by all cells of a column."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.engine.data.formats.columns import columns
from playground.engine.data.formats.layout import found_rows
from playground.engine.data.formats.notation import looks_like_number, notation_of
from playground.engine.data.formats.numbers import numbers
from playground.spec.data.number_notation import SPACES, NumberNotation
from playground.spec.data.skipped import Skips
from playground.spec.data.table_reading import ReadingChoice


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1.5", "-2", "1e-3", "+4", ".5"], [1.5, -2, 0.001, 4, 0.5]),
        (["1,5", "2", "-3,25", "1e-3"], [1.5, 2, -3.25, 0.001]),
        (["1.234,56", "7"], [1234.56, 7]),
        (["1,234.56", "7"], [1234.56, 7]),
        (["1.234.567", "1.020"], [1234567, 1020]),
        (["1 234,5", "1\u00a0234,5", "1\u202f234,5", "1\u2009234,5"], [1234.5] * 4),
        (["1'234.5", "1’000", "12"], [1234.5, 1000, 12]),
        (["1,23,456.50", "12,34,56,789", "1,234"], [123456.5, 123456789, 1234]),
        (["12,5 %", "3%", "0"], [12.5, 3, 0]),
        (["$3.50", "-$4", "$-4.00", "$ 1,000.00"], [3.5, -4, -4, 1000]),
        (["12,50 €", "3 €", "1.000,00\u00a0€"], [12.5, 3, 1000]),
        (["CHF 1'234.50", "CHF 2.00"], [1234.5, 2]),
        (["(3.5)", "\u22122", "1"], [-3.5, -2, 1]),
        (["($3.50)", "$1.25"], [-3.5, 1.25]),
        (["0.500", "0.125", "1.250"], [0.5, 0.125, 1.25]),
    ],
)
def test_numbers_of_a_column(cells: list[str], values: list[float]) -> None:
    found = notation_of(cells)
    assert found.notation is not None
    assert numbers(cells, found.notation).tolist() == values


@pytest.mark.parametrize(
    ("cells", "rows"),
    [
        (["1.5", "2.5", "1,5"], (0, 2)),
        (["7", "1.234,5", "1,234.5"], (1, 2)),
        (["$3", "4", "5 €"], (0, 2)),
        (["5 %", "0", "0.07"], (0, 2)),
        (["1.020", "980", "1,020"], (0, 2)),
    ],
)
def test_two_notations_in_a_column_contradict_each_other(cells: list[str], rows: tuple[int, int]) -> None:
    found = notation_of(cells)
    assert found.notation is None
    assert found.contradiction is not None
    assert tuple(sorted(found.contradiction)) == rows


@pytest.mark.parametrize(
    "cell", ["", "nan", "inf", "1_000", "0x10", "12 kg", "1.2.3", "2025-12-31", "12:30", "٣", "(3", "--3", "1e5000"]
)
def test_what_is_no_number(cell: str) -> None:
    assert not looks_like_number(cell)
    assert NumberNotation().number(cell) is None


@pytest.mark.parametrize("cell", ["3 m 20", "3m20", "12 m2", "m 3 m", "3 km"])
def test_a_unit_between_digits_does_not_join_them(cell: str) -> None:
    notation = NumberNotation(affix="m", negatives=True)
    assert notation.number(cell) is None
    assert np.isnan(numbers([cell], notation)).all()
    others = ["3 m", "m 3", "−3 m", "(3 m)", "-m 3", "1e3 m"]
    assert [notation.number(other) for other in others] == numbers(others, notation).tolist() == [3, 3, -3, -3, -3, 1e3]


def read(text: str) -> tuple[dict[str, list[float]], list[str]]:
    skips = Skips()
    rows, remarks = found_rows(text, ReadingChoice(), "utf-8", "a.csv", skips)
    found, _, _, _, doubts = columns(rows, skips)
    kinds = {item.column.name: item.values.tolist() for item in found if item.column.usable}
    return kinds, [str(item) for item in (*remarks, *doubts)]


def test_an_open_sign_is_decided_by_the_column_or_by_the_table() -> None:
    values, remarks = read("x;y\n1.020;1\n980;2\n")
    assert values["x"] == [1020, 980]
    assert remarks == ["In “x”, “.” may be a decimal sign or separate thousands: read as thousands (“1.020”)."]
    values, remarks = read("x;y\n1.020;1,5\n2.345;2\n")
    assert values == {"x": [1020, 2345], "y": [1.5, 2]}
    assert len(remarks) == 1
    values, remarks = read("x,y\n1.020,1.5\n2.345,2\n")
    assert values["x"] == [1.02, 2.345]
    assert remarks == []
    values, remarks = read("x;y\n1.020;1\n2.345;2\n")
    assert values["x"] == [1.02, 2.345]
    assert "read as decimal" in remarks[0]


def _grouped(digits: str, sign: str) -> str:
    return f"{int(digits):,}".replace(",", sign)


@st.composite
def notations(draw: st.DrawFn) -> tuple[str, str, str, bool]:
    decimal = draw(st.sampled_from(".,"))
    other = "," if decimal == "." else "."
    thousands = draw(st.sampled_from(["", other, *SPACES, "'", "’"]))
    affix = draw(st.sampled_from(["{}", "{}", "{} %", "{}%", "${}", "{} €", "CHF {}"]))
    return decimal, thousands, affix, draw(st.booleans())


def _written(value: float, notation: tuple[str, str, str, bool]) -> str:
    decimal, thousands, affix, minus = notation
    whole, _, fraction = f"{abs(value):.2f}".partition(".")
    text = affix.format(f"{_grouped(whole, thousands) if thousands else whole}{decimal}{fraction}")
    return text if value >= 0 else f"{'−' if minus else '-'}{text}"


@settings(max_examples=150)
@given(
    st.lists(notations(), min_size=2, max_size=4),
    st.lists(st.lists(st.integers(-(10**9), 10**9), min_size=4, max_size=4), min_size=3, max_size=12),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
)
def test_numbers_are_read_as_they_were_written(
    written: list[tuple[str, str, str, bool]], values: list[list[int]], separator: str, end: str, quoted: bool
) -> None:
    cells = [[_written(value / 100, how) for value, how in zip(row, written, strict=False)] for row in values]
    quote = '"{}"' if quoted or separator == "," else "{}"
    lines = [[f"c{index}" for index in range(len(written))], *cells]
    text = end.join(separator.join(quote.format(cell) for cell in row) for row in lines)
    rows, _ = found_rows(text, ReadingChoice(), "utf-8", "a.csv", Skips())
    assert list(map(list, rows.by_row())) == cells
    for index in range(len(written)):
        found = notation_of(rows.column(index))
        assert found.notation is not None
        given = np.array([row[index] / 100 for row in values])
        assert numbers(rows.column(index), found.notation).tolist() == given.tolist()


@pytest.mark.parametrize(("cell", "unit"), [("5 ft 11", "ft"), ("5€50", "€"), ("-5 kg 3", "kg"), ("$5 $", "$")])
def test_digits_on_both_sides_of_a_unit_are_not_joined(cell: str, unit: str) -> None:
    notation = NumberNotation(affix=unit)
    assert notation.number(cell) is None
    assert np.isnan(numbers([f"6 {unit}", cell, f"{unit} -7"], notation)).tolist() == [False, True, False]
    assert numbers([f"6 {unit}", f"{unit} -7", f"-{unit}8"], notation).tolist() == [6.0, -7.0, -8.0]
