"""Runs that are renamed, restored and compared as groups; marks of validation; the remembered columns."""

from __future__ import annotations

from datetime import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from playground.engine.evaluation.seed_comparison import SeedResult, Side
from playground.engine.runs.index import RunRow
from playground.engine.runs.seed_group import SeedGroup
from playground.engine.runs.store import RunStore
from playground.engine.training.snapshots import Figures
from playground.gui.runs.columns import Column
from playground.gui.runs.comparison_view import distinct_names, group_lines
from playground.gui.runs.panel import RunsPanel
from playground.gui.runs.table_layout import TableLayout, parsed
from tests.gui.runs.stored_runs import BASE, WITHIN, store_run
from tests.gui.runs.test_panel import Panels, cell, names, select


def test_a_run_is_renamed_and_that_is_undone(qtbot: QtBot, panel: RunsPanel, store: RunStore) -> None:
    select(panel, "second")
    panel.model.show_curves([panel.table.selected_ids[0]], on=True)
    run_id = panel.table.selected_ids[0]
    panel.table.setFocus()
    qtbot.keyClick(panel.table, Qt.Key.Key_F2)
    editor = panel.table.findChild(QLineEdit)
    assert editor.text() == "second"
    editor.setText(" better ")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "better" in names(panel))
    assert [run.name for run in panel.overlaid] == ["better"]
    assert panel.undo_bar.words.whole == "Renamed “second” to “better”"
    qtbot.waitUntil(lambda: store.flush(WITHIN) and store.open(run_id).record.name == "better")
    assert store.open(run_id).experiment.name == "second"
    qtbot.keySequence(panel.table, "Ctrl+Z")
    assert "second" in names(panel)
    qtbot.waitUntil(lambda: store.flush(WITHIN) and store.open(run_id).record.name == "second")
    assert panel.undo_bar.isHidden()


def test_a_run_keeps_its_name_if_another_is_empty(panel: RunsPanel) -> None:
    index = panel.model.index(0, Column.NAME)
    assert not panel.model.setData(index, "  ")
    assert panel.undo_bar.isHidden()


def test_figures_of_validation_are_marked_and_sorted_after_tests(
    store: RunStore, three: tuple[str, ...], open_panel: Panels
) -> None:
    figures = Figures(3, 10, 1.0, validation_score=0.99, validation_loss=0.01)
    store_run(store, BASE.with_(name="checked"), 9, figures=figures)
    panel = open_panel()
    panel.table.sortByColumn(Column.SCORE, Qt.SortOrder.DescendingOrder)
    assert names(panel) == ["first", "third", "checked", "second"]
    panel.table.sortByColumn(Column.SCORE, Qt.SortOrder.AscendingOrder)
    assert names(panel) == ["third", "first", "checked", "second"]
    assert cell(panel, "checked", Column.SCORE) == "val. 99.00 %"
    assert cell(panel, "checked", Column.LOSS) == "val. 0.0100"
    assert cell(panel, "first", Column.SCORE) == "90.00 %"
    index = panel.table.sorted.index(2, Column.SCORE)
    assert "validation data" in index.data(Qt.ItemDataRole.ToolTipRole)


def test_deleted_runs_are_listed_and_restored(qtbot: QtBot, panel: RunsPanel, store: RunStore) -> None:
    select(panel, "second")
    panel.commands.delete.trigger()
    qtbot.waitUntil(lambda: names(panel) == ["third", "first"])
    panel.deleted.open()
    qtbot.waitUntil(lambda: panel.pages.currentWidget() is panel.deleted)
    lines = panel.deleted.lines
    assert lines.topLevelItemCount() == 1
    assert lines.topLevelItem(0).text(0) == "second"
    deleted, kept = (datetime.fromisoformat(lines.topLevelItem(0).text(column)) for column in (3, 4))
    assert (kept - deleted).days == 7
    qtbot.keyClick(lines, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(panel) == ["third", "second", "first"])
    qtbot.waitUntil(lambda: lines.topLevelItemCount() == 0)
    assert "No deleted run" in panel.deleted.title.whole
    assert not panel.deleted.restore.isEnabled()
    qtbot.keyClick(lines, Qt.Key.Key_Escape)
    assert panel.pages.currentWidget() is panel.table


def test_two_groups_are_compared_with_a_test(qtbot: QtBot, store: RunStore, open_panel: Panels) -> None:
    for number in range(6):
        figures = Figures(
            BASE.recipe.epochs, 10, 1.0, test_score=(0.9 if number < 3 else 0.5) + number**2 / 100, test_loss=1
        )
        name = "a" if number < 3 else "b"
        store_run(store, BASE.with_(name=name, seed=number % 3), number, group=f"group {name}", figures=figures)
    panel = open_panel()
    panel.table.selectAll()
    panel.commands.compare_groups.trigger()
    qtbot.waitUntil(lambda: panel.pages.currentWidget() is panel.comparison)
    view = panel.comparison
    assert "“group a” is better than “group b”" in view.verdict.text()
    assert "n = 3 and 3" in view.verdict.text()
    head = view.lines.headerItem()
    assert {head.text(1), head.text(2)} == {"group a", "group b"}
    tests = view.lines.topLevelItem(0)
    assert [tests.child(0).text(column) for column in range(3)] == ["Runs counted (n)", "3", "3"]
    assert " to " in tests.child(3).text(1)
    labels = [tests.child(row).text(0) for row in range(tests.childCount())]
    assert labels.count("95 % interval of the difference from the other") == 1


@pytest.mark.parametrize("scored", [True, False])
def test_the_figure_that_is_tested_has_an_interval_of_the_difference(scored: bool) -> None:
    """Welch's test of 0.9, 0.92 and 0.5, 0.52: the difference is 0.4, its error √0.0002, with 2 degrees of freedom."""
    sides = [
        Side(name, [SeedResult(first + i, start + i / 50 if scored else None, start + i / 50) for i in range(2)])
        for name, first, start in (("a", 0, 0.9), ("b", 7, 0.5))
    ]
    a, b = (SeedGroup(BASE, side, ()) for side in sides)
    lines = group_lines(a, b)
    (at,) = [number for number, line in enumerate(lines) if line[0] == "95 % interval of the difference from the other"]
    assert at == (4 if scored else 7)
    written = ("33.92 % to 46.08 %", "−46.08 % to −33.92 %") if scored else ("0.3392 to 0.4608", "−0.4608 to −0.3392")
    assert lines[at][1:] == written


def test_without_a_test_no_interval_of_a_difference_is_shown() -> None:
    a, b = (SeedGroup(BASE, Side(name, [SeedResult(0, 0.9, 0.5)]), ()) for name in "ab")
    assert len(group_lines(a, b)) == 7


def test_groups_need_one_for_each_selected_run(panel: RunsPanel) -> None:
    panel.table.selectAll()
    assert not panel.commands.compare_groups.isEnabled()
    assert not panel.commands.band.isEnabled()


def test_equal_names_are_told_apart_by_what_differs() -> None:
    one = RunRow("20260101-120000-00000001", "net", seed=1, created="2026-01-01T12:00:00+00:00")
    assert distinct_names(one, one._replace(name="other")) == ("net", "other")
    assert distinct_names(one, one._replace(seed=2)) == ("net · seed 1", "net · seed 2")
    assert distinct_names(one, one._replace(run_id="x")) == (f"net · {one.run_id}", "net · x")


def test_the_arrangement_of_the_columns_is_remembered(panel: RunsPanel, open_panel: Panels) -> None:
    told: list[str] = []
    table = panel.table
    table.arranged.connect(told.append)
    panel.resize(700, 300)
    assert told == []  # only what the person does counts
    select(panel, "second")
    table.edit_cell(Column.GROUP)
    table.setColumnWidth(Column.GROUP, 222)
    table.sortByColumn(Column.LOSS, Qt.SortOrder.AscendingOrder)
    table.horizontalHeader().moveSection(table.horizontalHeader().visualIndex(Column.GROUP), 3)
    other = open_panel()
    other.table.arrange(told[-1])
    assert other.table.shown_columns == table.shown_columns
    assert Column.GROUP in other.table.shown_columns
    assert other.table.columnWidth(Column.GROUP) == 222
    assert names(other) == names(panel) == ["first", "second", "third"]
    assert other.table.horizontalHeader().visualIndex(Column.GROUP) == 3
    other.table.arrange_as_usual()
    assert Column.GROUP not in other.table.shown_columns
    assert names(other) == ["third", "second", "first"]
    assert other.table.horizontalHeader().visualIndex(Column.GROUP) == Column.GROUP


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", '{"shown": 1}', '{"sorted_by": "X", "descending": 1, "shown": null, "widths": {}, "order": []}'],
)
def test_an_arrangement_that_cannot_be_read_is_the_usual_one(text: str) -> None:
    assert parsed(text) == TableLayout()


def test_an_arrangement_with_columns_of_another_version_is_read() -> None:
    layout = TableLayout(Column.NOTE, False, frozenset({Column.NAME, Column.NOTE}), {Column.NOTE: 90}, (Column.NOTE,))
    assert parsed(layout.text) == layout
    assert parsed(layout.text.replace('"NOTE": 90', '"LATER": 90, "NAME": -1')).widths == {}
