"""Figures and names as a person reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.gui.dialogs import file_name, with_ending
from playground.gui.statusbar import bytes_text, flops_text
from playground.gui.toolbar import duration


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0:00"), (21.2, "0:21"), (725, "12:05"), (3723, "1:02:03")])
def test_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(("count", "text"), [(12, "12 FLOP"), (50_800, "50.8 kFLOP"), (4_700_000, "4.7 MFLOP")])
def test_flops(count: int, text: str) -> None:
    assert flops_text(count) == text


@pytest.mark.parametrize(("count", "text"), [(12, "12 B"), (101_800, "101.8 kB"), (3_900_000, "3.9 MB")])
def test_bytes(count: int, text: str) -> None:
    assert bytes_text(count) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Data, first CNN", "Data, first CNN"),
        ("a/b: c?", "a b  c"),
        ("..", "experiment"),
        ("x\u202egnp\n.", "x gnp"),  # it would turn the ending around
        ("\0\x9b", "experiment"),
        ("x" * 79 + "..y", "x" * 79),
    ],
)
def test_file_name(name: str, text: str) -> None:
    assert file_name(name) == text


def test_an_ending_is_added_only_where_there_is_none() -> None:
    assert with_ending(Path("curves"), "PNG (*.png)") == Path("curves.png")
    assert with_ending(Path("curves.svg"), "PNG (*.png)") == Path("curves.svg")
