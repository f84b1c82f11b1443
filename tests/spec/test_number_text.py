"""Figures as a person reads them."""

from __future__ import annotations

import pytest

from playground.spec.number_text import bytes_text, flops_text, loss_text, parameters_text, percent_text


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
    [(0.97534, 2, "97.53 %"), (0.97534, 0, "98 %"), (1.0, 1, "100.0 %"), (-0.5, 1, "-50.0 %"), (None, 2, "–")],
)
def test_shares(share: float | None, places: int, text: str) -> None:
    assert percent_text(share, places) == text


@pytest.mark.parametrize(
    ("loss", "text"),
    [
        (0.07123, "0.0712"),
        (0.0, "0.0000"),
        (0.0000213, "2.13e-05"),  # not 0.0000
        (-0.25, "-0.2500"),
        (12_345.0, "1.23e+04"),
        (float("inf"), "∞"),
        (float("nan"), "not a number"),
        (None, "–"),
    ],
)
def test_losses(loss: float | None, text: str) -> None:
    assert loss_text(loss) == text


@pytest.mark.parametrize("share", [float("nan"), float("inf"), -float("inf")])
def test_a_share_that_is_no_number_is_a_dash(share: float) -> None:
    assert percent_text(share) == "–"


@pytest.mark.parametrize(("count", "text"), [(0, "0 parameters"), (1, "1 parameter"), (101_770, "101,770 parameters")])
def test_parameters(count: int, text: str) -> None:
    assert str(parameters_text(count)) == text
