"""The exported table of runs: plain values, and no text that a spreadsheet would run."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from playground.engine.runs.index import RunRow
from playground.engine.runs.table import COLUMNS, runs_table


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_is_no_formula(text: str) -> None:
    row = RunRow("20260101-000000-00000000", name=text, note=text, group=text)
    text_file = StringIO(runs_table([row]).replace("\r", "R"), newline="")
    (found,) = csv.DictReader(text_file)
    assert [found[name] for name in ("name", "note", "group")] == [f"'{text}".replace("\r", "R")] * 3


def test_numbers_stay_as_they_are() -> None:
    row = RunRow("20260101-000000-00000000", name="-", score=-0.5, loss=None)
    (found,) = csv.DictReader(StringIO(runs_table([row]), newline=""))
    assert (found["score"], found["loss"]) == ("-0.5", "")
    assert tuple(found) == COLUMNS
    assert "measured_on" in COLUMNS
