"""The model of the table keeps Qt's rules."""

from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester

from playground.engine.runs.index import RunRow
from playground.gui.runs.columns import COLUMNS, Column
from playground.gui.runs.model import RunsModel
from playground.gui.runs.reading import Listing
from playground.gui.style.run_colors import run_color
from playground.gui.style.theme import DARK, LIGHT


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


def test_a_run_keeps_its_colour_and_it_suits_the_theme() -> None:
    ids = [f"20260101-120000-{number:08x}" for number in range(200)]
    for theme, background in ((DARK, 0.0), (LIGHT, 1.0)):
        colors = {run_color(run_id, theme).name() for run_id in ids}
        assert len(colors) == 11
        assert all(abs(run_color(run_id, theme).lightnessF() - background) > 0.3 for run_id in ids)
    assert run_color(ids[0], LIGHT) == run_color(ids[0], LIGHT)
