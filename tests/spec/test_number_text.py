"""Figures as a person reads them."""

from __future__ import annotations

import pytest

from playground.spec.messages import message
from playground.spec.number_text import (
    amount_text,
    bytes_text,
    clock_text,
    fixed_text,
    flops_text,
    loss_text,
    milliseconds_text,
    parameters_text,
    part_text,
    percent_text,
    seconds_text,
    setting_text,
    speed_text,
)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 FLOP"),
        (224, "224 FLOP"),
        (999, "999 FLOP"),
        (1000, "1.0 kFLOP"),
        (50_800, "50.8 kFLOP"),
        (999_949, "999.9 kFLOP"),
        (999_950, "1.0 MFLOP"),  # not 1,000.0 kFLOP
        (4_700_000, "4.7 MFLOP"),
        (3_000_000_000, "3.0 GFLOP"),
        (10**16, "10.0 PFLOP"),
        (10**19, "10,000.0 PFLOP"),
    ],
)
def test_flops(count: int, text: str) -> None:
    assert flops_text(count) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (101_800, "101.8 kB"),
        (2_345_678, "2.3 MB"),
        (999_999_999, "1.0 GB"),
        (10**12, "1.0 TB"),
    ],
)
def test_bytes(count: int, text: str) -> None:
    assert bytes_text(count) == text


@pytest.mark.parametrize(
    ("share", "places", "text"),
    [(0.97534, 2, "97.53 %"), (0.97534, 0, "98 %"), (1.0, 1, "100.0 %"), (-0.5, 1, "−50.0 %"), (None, 2, "–")],
)
def test_shares(share: float | None, places: int, text: str) -> None:
    assert percent_text(share, places) == text


def test_a_score_has_two_decimals() -> None:
    assert percent_text(0.97534) == "97.53 %"
    assert percent_text(-99_999.0) == "−9,999,900.00 %"
    assert percent_text(-1.2e28) == "−1.2e+30 %"


@pytest.mark.parametrize("share", [float("nan"), float("inf"), -float("inf")])
def test_a_share_that_is_no_number_is_a_dash(share: float) -> None:
    assert percent_text(share) == "–"


@pytest.mark.parametrize(("count", "text"), [(0, "0 parameters"), (1, "1 parameter"), (101_770, "101,770 parameters")])
def test_parameters(count: int, text: str) -> None:
    assert str(parameters_text(count)) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.99, "99 %"),
        (0.995, "99.5 %"),
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.123456, "12.3456 %"),  # all that was typed
        (0.083, "8.3 %"),
        (1 / 12, "8.3 %"),  # that was computed
        (1 / 300, "0.33 %"),
        (-2 / 3, "-66.7 %"),  # as it is typed
        (2 / 3, "66.7 %"),
        (1e-7, "1e-5 %"),
    ],
)
def test_shares_that_are_chosen(share: float, text: str) -> None:
    assert part_text(share) == text


@pytest.mark.parametrize(
    ("loss", "text"),
    [
        (0.083149, "0.0831"),
        (0.0, "0.0000"),
        (0.001, "0.0010"),
        (0.0000831, "8.31e-5"),
        (0.0005, "5.00e-4"),
        (999.9, "999.9000"),
        (1000.0, "1.00e3"),
        (1234.5, "1.23e3"),
        (-1.5, "−1.5000"),
        (float("inf"), "∞"),
        (-float("inf"), "−∞"),
        (float("nan"), "NaN"),
        (None, "–"),
    ],
)
def test_losses(loss: float | None, text: str) -> None:
    assert loss_text(loss) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.0416666, "0.04167"),
        (0.00012345, "0.0001234"),
        (5.0, "5"),
        (2024.0, "2024"),
        (999.96, "1000"),
        (9999.4, "9999"),
        (9999.7, "10,000"),
        (12345.6, "12,346"),
        (-98765.4, "−98,765"),
        (1.5e-7, "1.5e-7"),
        (3e12, "3e12"),
    ],
)
def test_quantities_have_no_exponent_where_that_is_short(value: float, text: str) -> None:
    assert amount_text(value) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (32, None, "32"),
        (60_000, None, "60000"),
        (1_234_567, None, "1234567"),  # a seed
        (0.001, None, "0.001"),
        (0.0001, None, "1e-4"),
        (1e6, None, "1e6"),
        (0.0, None, "0"),
        (-0.5, None, "-0.5"),  # as it is typed
        (0.12345678, None, "0.12345678"),
        (1 / 12, None, "0.0833333"),
        (0.00073246123, 4, "7.325e-4"),
        (0.0123456, 2, "0.012"),
        (123456.0, 4, "123500"),
        (1000.0, 3, "1000"),
        (0.123456789012, None, "0.123456789012"),  # twelve digits are typed, more are computed
        (0.1234567890123, None, "0.123457"),
        (float("inf"), 3, "inf"),
    ],
)
def test_settings(value: float, digits: int | None, text: str) -> None:
    assert setting_text(value, digits) == text


@pytest.mark.parametrize("value", [0.1, 1e-8, 0.12345678, 123.456, 2.5e7, 999999.5, 1e-3, 0.00012345678])
def test_what_is_typed_is_shown_with_all_its_digits(value: float) -> None:
    assert float(setting_text(value)) == value
    share = min(value, 0.95)
    assert float(f"{float(part_text(share).removesuffix(' %')) / 100:.12g}") == share


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0:00"), (21.2, "0:21"), (725, "12:05"), (3723, "1:02:03")])
def test_durations_as_a_clock_shows_them(seconds: float, text: str) -> None:
    assert clock_text(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.04, "0.0 s"), (3.21, "3.2 s"), (59.94, "59.9 s"), (59.96, "1:00"), (754.0, "12:34")]
)
def test_durations_that_were_measured(seconds: float, text: str) -> None:
    assert seconds_text(seconds) == text


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0.000012346, "1.23e-5 ms"),
        (0.41249, "0.412 ms"),
        (2.0, "2 ms"),
        (12.345, "12.3 ms"),
        (99.97, "100 ms"),
        (1236.0, "1,240 ms"),
        (float("nan"), "–"),
    ],
)
def test_short_durations_that_were_measured(milliseconds: float, text: str) -> None:
    assert milliseconds_text(milliseconds) == text


def test_speed() -> None:
    assert str(speed_text(12345.6, message("images"))) == "12,346 images/s"


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (0.5, 1, "0.5"),
        (-0.55, 2, "−0.55"),
        (-0.04, 1, "0.0"),  # no sign before nothing
        (12345.678, 2, "12345.68"),
        (3.0, 0, "3"),
        (float("nan"), 2, "–"),
        (float("-inf"), 2, "–"),
    ],
)
def test_numbers_with_as_many_decimals_as_their_neighbours(value: float, places: int, text: str) -> None:
    assert fixed_text(value, places) == text
