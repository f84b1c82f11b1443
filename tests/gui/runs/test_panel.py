"""The room of stored runs: found, sorted, edited, compared, deleted and restored, with keys and with the mouse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from playground.engine.runs.store import RunStore
from playground.gui.runs.columns import Column
from playground.gui.runs.panel import RunsPanel
from playground.gui.style.run_colors import OverlaidRun, run_color
from tests.gui.conftest import Answers
from tests.gui.runs.stored_runs import BASE, WITHIN, damage, store_run

Panels = Callable[[], RunsPanel]


def names(panel: RunsPanel) -> list[str]:
    """The shown names, from top to bottom."""
    return [panel.table.sorted.index(row, Column.NAME).data() for row in range(panel.table.sorted.rowCount())]


def cell(panel: RunsPanel, name: str, column: Column) -> str:
    row = names(panel).index(name)
    return str(panel.table.sorted.index(row, column).data())


def select(panel: RunsPanel, *wanted: str) -> None:
    panel.table.select_row(names(panel).index(wanted[0]))
    for name in wanted[1:]:
        index = panel.table.sorted.index(names(panel).index(name), 0)
        flags = QItemSelectionModel.SelectionFlag
        panel.table.selectionModel().select(index, flags.Select | flags.Rows)


def shown(panel: RunsPanel) -> set[str]:
    return {cell(panel, name, Column.DIFFERENCES) for name in names(panel)}


def refreshed(qtbot: QtBot, panel: RunsPanel) -> None:
    with qtbot.waitSignal(panel.listed):
        panel.refresh()


def test_an_empty_store_says_what_to_do(qtbot: QtBot, open_panel: Panels) -> None:
    panel = open_panel()
    assert "No runs yet" in panel.pages.currentWidget().text()
    qtbot.waitUntil(lambda: panel.footer.usage.whole == "0 runs, 0 B of 5.0 GB")


def test_the_latest_run_comes_first(panel: RunsPanel) -> None:
    assert names(panel) == ["third", "second", "first"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Qt.SortOrder.AscendingOrder, ["third", "first", "second"]),
        (Qt.SortOrder.DescendingOrder, ["first", "third", "second"]),
    ],
)
def test_missing_values_come_last_in_both_directions(
    panel: RunsPanel, order: Qt.SortOrder, expected: list[str]
) -> None:
    panel.table.sortByColumn(Column.SCORE, order)
    assert names(panel) == expected


def test_numbers_are_sorted_by_value(store: RunStore, three: tuple[str, ...], open_panel: Panels) -> None:
    store_run(store, BASE.with_(name="large"), parameters=100_000)
    panel = open_panel()
    panel.table.sortByColumn(Column.PARAMETERS, Qt.SortOrder.DescendingOrder)
    assert names(panel)[0] == "large"
    assert cell(panel, "large", Column.PARAMETERS) == "100,000"


@pytest.mark.parametrize(("typed", "found"), [("SECOND", ["second"]), ("mnist thi", ["third"]), ("zzz", [])])
def test_search(qtbot: QtBot, panel: RunsPanel, typed: str, found: list[str]) -> None:
    panel.header.search.setText(typed)
    assert names(panel) == found
    assert (panel.pages.currentWidget() is panel.table) == bool(found)
    qtbot.waitUntil(lambda: panel.footer.usage.whole.startswith(f"{len(found)} found of 3 runs"))


def test_search_looks_into_notes_and_groups(qtbot: QtBot, store: RunStore, open_panel: Panels) -> None:
    store_run(store, BASE.with_(name="a"), note="with the blue picture")
    store_run(store, BASE.with_(name="b"), group="colours")
    panel = open_panel()
    panel.header.search.setText("blue")
    assert names(panel) == ["a"]
    panel.header.search.setText("colour")
    assert names(panel) == ["b"]


def test_differences_from_the_selected_run(qtbot: QtBot, panel: RunsPanel) -> None:
    select(panel, "first")
    expected = {"", "Learning rate 0.003", "Optimizer SGD, Epochs 3 + 1"}
    qtbot.waitUntil(lambda: shown(panel) == expected)
    select(panel, "second")
    qtbot.waitUntil(lambda: cell(panel, "first", Column.DIFFERENCES) == "Learning rate 0.001")


def test_without_a_selection_the_current_run_counts(qtbot: QtBot, panel: RunsPanel, three: tuple[str, ...]) -> None:
    panel.set_current(three[0])
    qtbot.waitUntil(lambda: cell(panel, "second", Column.DIFFERENCES) == "Learning rate 0.003")


def test_a_star_is_stored(qtbot: QtBot, panel: RunsPanel, store: RunStore, three: tuple[str, ...]) -> None:
    select(panel, "second")
    panel.table.setFocus()
    with qtbot.waitSignal(panel.listed):
        qtbot.keyClick(panel.table, Qt.Key.Key_Space)
    assert store.open(three[1]).record.star
    with qtbot.waitSignal(panel.listed):
        index = panel.table.sorted.index(1, Column.STAR)
        qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=panel.table.visualRect(index).center())
    assert not store.open(three[1]).record.star


def test_a_note_is_typed_in_its_cell_and_stored(
    qtbot: QtBot, panel: RunsPanel, store: RunStore, three: tuple[str, ...]
) -> None:
    select(panel, "first")
    panel.commands.note.trigger()
    editor = panel.table.findChild(QLineEdit)
    qtbot.keyClicks(editor, "a remark")
    with qtbot.waitSignal(panel.listed):
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert store.open(three[0]).record.note == "a remark"
    assert cell(panel, "first", Column.NOTE) == "a remark"


def test_a_refresh_keeps_selection_scroll_position_and_a_cell_in_edit(
    qtbot: QtBot, store: RunStore, open_panel: Panels
) -> None:
    for number in range(40):
        store_run(store, BASE.with_(name=f"run {number}"), number)
    panel = open_panel()
    select(panel, "run 20")
    panel.commands.group.trigger()
    editor = panel.table.findChild(QLineEdit)
    qtbot.keyClicks(editor, "typed")
    panel.table.verticalScrollBar().setValue(5)
    store_run(store, BASE.with_(name="new"), 40)
    store.open(panel.table.selected_ids[0]).set_note("from another window")
    assert store.flush(WITHIN)
    refreshed(qtbot, panel)
    assert names(panel)[0] == "new"
    assert panel.model.row(20).note == "from another window"
    assert panel.table.selected_ids == (panel.model.row(20).run_id,)
    assert panel.table.verticalScrollBar().value() == 5
    assert panel.table.findChild(QLineEdit) is editor
    assert editor.text() == "typed"


def test_a_damaged_run_says_what_is_wrong(
    qtbot: QtBot, store: RunStore, three: tuple[str, ...], open_panel: Panels
) -> None:
    damage(store, three[1])
    panel = open_panel()
    assert names(panel)[1] == three[1]
    assert "damaged" in cell(panel, three[1], Column.DIFFERENCES)
    select(panel, three[1])
    assert not panel.commands.open.isEnabled()
    assert not panel.commands.star.isEnabled()
    assert panel.commands.delete.isEnabled()
    qtbot.waitUntil(lambda: panel.table.columnSpan(1, Column.DIFFERENCES) > 1)
    panel.table.sortByColumn(Column.NAME, Qt.SortOrder.AscendingOrder)
    qtbot.waitUntil(lambda: panel.table.columnSpan(2, Column.DIFFERENCES) > 1)
    assert panel.table.columnSpan(1, Column.DIFFERENCES) == 1
    assert panel.table.sorted.rowCount() == 3


def test_an_experiment_that_cannot_be_read_is_told(
    qtbot: QtBot, store: RunStore, three: tuple[str, ...], open_panel: Panels
) -> None:
    (store.folder / three[1] / "experiment.playground").write_text("{}")
    panel = open_panel()
    select(panel, "first")
    qtbot.waitUntil(lambda: len(cell(panel, "second", Column.DIFFERENCES)) > 20)


def test_enter_and_a_double_click_open_a_run(qtbot: QtBot, panel: RunsPanel, three: tuple[str, ...]) -> None:
    select(panel, "second")
    panel.table.setFocus()
    with qtbot.waitSignal(panel.open_requested) as opened:
        qtbot.keyClick(panel.table, Qt.Key.Key_Return)
    assert opened.args == [three[1]]
    center = panel.table.visualRect(panel.table.sorted.index(2, Column.NAME)).center()
    with qtbot.waitSignal(panel.open_requested) as opened:
        qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=center)
        qtbot.mouseDClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=center)
    assert opened.args == [three[0]]


def test_delete_and_undo(qtbot: QtBot, panel: RunsPanel, store: RunStore) -> None:
    select(panel, "second")
    panel.table.setFocus()
    with qtbot.waitSignal(panel.listed):
        qtbot.keyClick(panel.table, Qt.Key.Key_Delete)
    assert names(panel) == ["third", "first"]
    assert len(panel.table.selected_ids) == 1
    assert panel.undo_bar.words.whole == "Deleted “second”"
    with qtbot.waitSignal(panel.listed):
        panel.undo_bar.undo.click()
    assert names(panel) == ["third", "second", "first"]
    assert panel.table.selected_ids == (store.runs()[1].run_id,)
    assert panel.undo_bar.isHidden()


def test_a_running_run_is_not_deleted(panel: RunsPanel, three: tuple[str, ...]) -> None:
    panel.set_current(three[2], running=True)
    select(panel, "third")
    panel.commands.delete.trigger()
    assert "still running" in panel.undo_bar.words.whole
    assert names(panel) == ["third", "second", "first"]


def test_two_runs_side_by_side(qtbot: QtBot, panel: RunsPanel) -> None:
    assert not panel.commands.compare.isEnabled()
    select(panel, "first", "third")
    panel.commands.compare.trigger()
    qtbot.waitUntil(lambda: panel.pages.currentWidget() is panel.comparison)
    settings, figures = (panel.comparison.lines.topLevelItem(number) for number in (0, 1))
    first = settings.child(0)
    assert [first.text(column) for column in range(3)] == ["Optimizer", "Adam", "SGD"]
    assert [figures.child(0).text(column) for column in range(3)] == ["Score", "90.00 %", "85.00 %"]
    qtbot.keyClick(panel.comparison.lines, Qt.Key.Key_Escape)
    assert panel.pages.currentWidget() is panel.table


def test_curves_of_chosen_runs(qtbot: QtBot, panel: RunsPanel, three: tuple[str, ...]) -> None:
    select(panel, "first", "third")
    with qtbot.waitSignal(panel.overlay_changed) as told:
        panel.commands.show_curves.trigger()
    first, third = (
        OverlaidRun(three[0], "first", run_color(three[0])),
        OverlaidRun(three[2], "third", run_color(three[2])),
    )
    assert told.args == [(first, third)]
    select(panel, "first")
    with qtbot.waitSignal(panel.listed), qtbot.waitSignal(panel.overlay_changed) as told:
        panel.commands.delete.trigger()
    assert told.args == [(third,)]


def test_the_table_is_exported_without_paths(qtbot: QtBot, panel: RunsPanel, answers: Answers, tmp_path: Path) -> None:
    answers.path = tmp_path / "table.csv"
    panel.header.search.setText("first")
    panel.export_table()
    qtbot.waitUntil(answers.path.exists)
    head, line = answers.path.read_text().splitlines()
    values = dict(zip(head.split(","), line.split(","), strict=True))
    assert (values["name"], values["score"], values["parameters"]) == ("first", "0.9", "7850")
    assert str(tmp_path) not in line


def test_ctrl_f_focuses_the_search(qtbot: QtBot, panel: RunsPanel) -> None:
    panel.table.setFocus()
    qtbot.keyClick(panel.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert panel.header.search.hasFocus()
    panel.header.search.setText("second")
    qtbot.keyClick(panel.header.search, Qt.Key.Key_Return)
    assert panel.table.hasFocus()
    assert len(panel.table.selected_ids) == 1


def test_the_menu_key_opens_the_menu_of_the_selected_run(qtbot: QtBot, panel: RunsPanel) -> None:
    select(panel, "second")
    panel.table.customContextMenuRequested.emit(panel.table.viewport().rect().bottomRight())
    menu = panel.table.findChildren(QMenu)[-1]
    qtbot.waitUntil(menu.isVisible)
    assert panel.commands.open in menu.actions()
    menu.close()


def test_tab_goes_from_the_top_down(qtbot: QtBot, panel: RunsPanel) -> None:
    select(panel, "second")
    panel.header.search.setFocus()
    found = []
    for _ in range(4):
        qtbot.keyClick(panel.focusWidget(), Qt.Key.Key_Tab)
        found.append(panel.focusWidget())
    assert found == [panel.header.buttons[0], panel.header.more, panel.table, panel.footer.button]
    assert all(widget.accessibleName() or widget.text() for widget in found if widget is not panel.table)


def test_columns_fit_and_can_be_chosen(qtbot: QtBot, panel: RunsPanel) -> None:
    panel.resize(480, 300)
    table = panel.table
    qtbot.waitUntil(lambda: table.width() == 480 and table.horizontalScrollBar().maximum() == 0)
    narrow = table.shown_columns
    assert {Column.NAME, Column.DIFFERENCES, Column.SCORE, Column.LOSS} <= narrow
    panel.resize(1200, 300)
    qtbot.waitUntil(lambda: narrow < table.shown_columns)
    next(one for one in table.header_menu().actions() if one.text() == "FLOPs").trigger()
    panel.resize(480, 300)
    qtbot.waitUntil(lambda: table.width() == 480)
    assert Column.FLOPS in table.shown_columns


def test_without_a_store_the_reason_is_shown(qtbot: QtBot, panel: RunsPanel, store: RunStore) -> None:
    panel.set_store(None)
    assert panel.model.rowCount() == 0
    assert panel.footer.isHidden()
    assert "switched off" in panel.pages.currentWidget().text()
    with qtbot.waitSignal(panel.listed):
        panel.set_store(store)
    assert panel.model.rowCount() == 3


def test_the_key_for_undo_brings_back_what_was_deleted(qtbot: QtBot, store: RunStore, panel: RunsPanel) -> None:
    before = [str(panel.model.row(number).run_id) for number in range(panel.model.rowCount())]
    panel.table.select_row(0)
    panel.table.setFocus()
    count = panel.model.rowCount()
    QTest.keyClick(panel.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: panel.model.rowCount() == count - 1)
    QTest.keyClick(panel.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: panel.model.rowCount() == count)
    after = [str(panel.model.row(number).run_id) for number in range(panel.model.rowCount())]
    assert sorted(after) == sorted(before)
    assert not panel.undo_bar.isVisible()
