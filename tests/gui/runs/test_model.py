"""The model of the table keeps Qt's rules."""

from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester

from playground.engine.runs.index import RunRow
from playground.gui.runs.columns import COLUMNS, Column
from playground.gui.runs.model import COLOR, RunsModel
from playground.gui.runs.reading import Listing
from playground.gui.style.run_colors import RUN_COLORS, run_color


def listing(*ids: str) -> Listing:
    rows = [RunRow(run_id, name=run_id, created="2026-01-01T12:00:00+00:00") for run_id in ids]
    return Listing(rows, {})


def test_rows_come_and_go_in_their_places(qtmodeltester: ModelTester) -> None:
    model = RunsModel()
    qtmodeltester.check(model)
    for ids in ("b", "bd", "abcd", "ac", "c", "", "xyz"):
        model.show_listing(listing(*ids))
        assert "".join(model.index(row, Column.NAME).data() for row in range(model.rowCount())) == ids


def test_every_column_has_a_heading_and_its_numbers_are_right_aligned() -> None:
    model = RunsModel()
    model.show_listing(listing("a"))
    for column, info in COLUMNS.items():
        horizontal, roles = Qt.Orientation.Horizontal, Qt.ItemDataRole
        assert model.headerData(column, horizontal, roles.AccessibleTextRole) == info.label
        aligned = model.index(0, column).data(roles.TextAlignmentRole)
        assert (aligned is not None and bool(aligned & Qt.AlignmentFlag.AlignRight)) == info.numeric


def test_runs_whose_curves_are_shown_have_different_colours_that_they_keep() -> None:
    ids = [f"20260101-120000-{number:08x}" for number in range(200)]
    own = run_color(ids[0])
    rival = next(run_id for run_id in ids[1:] if run_color(run_id) == own)
    model = RunsModel()
    model.show_listing(listing(*ids))
    model.show_curves((ids[0], rival), on=True)
    other = model.color(rival)
    assert model.color(ids[0]) == own != other
    model.show_curves((ids[0], rival), on=False)
    model.show_curves((rival,), on=True)
    assert model.color(rival) == model.index(model.number_of(rival) or 0, Column.CURVE).data(COLOR) == other
    model.show_curves(ids[:20], on=True)
    assert len({model.color(run_id) for run_id in model.shown}) == len(RUN_COLORS)
    assert {run_color(run_id) for run_id in ids} == set(RUN_COLORS)
