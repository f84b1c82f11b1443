"""Numbers as people type them, as fields show them, and the steps between them."""

from __future__ import annotations

import pytest

from playground.gui.forms.number_input import (
    RefusedNumber,
    read_number,
    read_numbers,
    step_number,
    write_numbers,
    write_value,
)
from playground.spec.component import FieldInfo
from playground.spec.number_text import setting_text

WHOLE = FieldInfo("n", "integer", "N", "", 32, minimum=1, maximum=60_000)
SHARE = FieldInfo("p", "real", "P", "", 0.25, minimum=0.0, maximum=0.95)
RATE = FieldInfo("lr", "real", "Rate", "", 0.001, minimum=1e-8, maximum=100.0, logarithmic=True)
STRENGTH = FieldInfo("l2", "real", "L2", "", 1e-4, minimum=0.0, maximum=10.0, logarithmic=True)
PART = FieldInfo("part", "real", "Held out", "", 0.0, minimum=0.0, maximum=0.5, share=True)
ANGLE = FieldInfo("a", "real", "A", "", 15.0, minimum=0.0, maximum=180.0, unit="°")


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (WHOLE, "128", 128),
        (WHOLE, " 60,000 ", 60_000),
        (WHOLE, "6e4", 60_000),
        (WHOLE, "1_000", 1000),
        (RATE, "1e-4", 1e-4),
        (RATE, "0,003", 0.003),
        (RATE, ".5", 0.5),
        (ANGLE, "30°", 30.0),
        (PART, "8.3 %", 0.083),
        (PART, "8,3", 0.083),
        (PART, "50%", 0.5),
    ],
)
def test_reading(field: FieldInfo, text: str, value: float) -> None:
    found = read_number(field, text)
    assert found == value
    assert isinstance(found, int if field.kind == "integer" else float)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (WHOLE, "0"),
        (WHOLE, "60001"),
        (WHOLE, "1.5"),
        (WHOLE, ""),
        (WHOLE, "many"),
        (RATE, "nan"),
        (RATE, "inf"),
        (RATE, "-1"),
        (RATE, "1e999"),
        (PART, "51 %"),
    ],
)
def test_what_cannot_be_is_refused_with_the_range(field: FieldInfo, text: str) -> None:
    with pytest.raises(RefusedNumber, match=r"Expected a (whole )?number from"):
        read_number(field, text)


@pytest.mark.parametrize(
    ("value", "text"),
    [(32, "32"), (0.001, "0.001"), (0.0003, "3e-4"), (1e-4, "1e-4"), (0.0, "0"), (1e6, "1e6"), (1 / 12, "0.0833333")],
)
def test_writing(value: float, text: str) -> None:
    assert setting_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1 / 12, "8.3 %"),
        (0.083, "8.3 %"),
        (0.0, "0 %"),
        (0.125, "12.5 %"),
        (0.5, "50 %"),
        (1e-3, "0.1 %"),
        (1.0, "100 %"),
    ],
)
def test_a_share_is_shown_in_per_cent(value: float, text: str) -> None:
    assert write_value(PART, value) == text
    assert write_value(SHARE, value) == setting_text(value)


def test_a_share_is_refused_and_stepped_in_per_cent() -> None:
    with pytest.raises(RefusedNumber, match=r"60 is out of range. Expected a number from 0 % to 50 %\."):
        read_number(PART, "60")
    assert step_number(PART, 1 / 12, 1) == 0.09


def test_steps() -> None:
    assert step_number(WHOLE, 32, 1) == 33
    assert step_number(WHOLE, 1, -10) == 1
    assert step_number(SHARE, 0.25, 1) == 0.26
    assert step_number(SHARE, 0.9, 10) == 0.95
    assert step_number(ANGLE, 15.0, -1) == 14.0
    assert [step_number(RATE, 0.001, n) for n in (1, 2, 3, -1)] == [0.002, 0.005, 0.01, 0.0005]
    assert step_number(RATE, 0.003, 1) == 0.005


def test_a_logarithmic_field_reaches_zero_and_leaves_it_again() -> None:
    value = 1e-4
    for _ in range(20):
        value = step_number(STRENGTH, value, -1)
    assert value == 0.0
    assert step_number(STRENGTH, 0.0, 1) == pytest.approx(1e-7)


SEVERAL = FieldInfo("w", "numbers", "W", "", (), minimum=0.001, maximum=1000.0, most=4)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", ()),
        ("1, 1, 2.5", (1.0, 1.0, 2.5)),
        ("1 1\t2.5", (1.0, 1.0, 2.5)),
        ("1; 1; 2,5", (1.0, 1.0, 2.5)),
        ("3,", (3.0,)),
    ],
)
def test_reading_several(text: str, values: tuple[float, ...]) -> None:
    assert read_numbers(SEVERAL, text) == values
    assert read_numbers(SEVERAL, write_numbers(values)) == values


@pytest.mark.parametrize("text", ["1, x", "0", "1, 2000", "1 2 3 4 5"])
def test_several_are_refused_where_one_is_or_there_are_too_many(text: str) -> None:
    with pytest.raises(RefusedNumber):
        read_numbers(SEVERAL, text)
