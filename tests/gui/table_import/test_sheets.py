"""Spreadsheets with several sheets in the import view: one is chosen, and decisions on another do not outlive it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from playground.gui.start.program import Program
from playground.gui.table_import.decisions import with_groups, with_part
from playground.gui.table_import.dialog import TableImport
from playground.spec.check.problems import check
from playground.spec.datasets.table import Table
from tests.spreadsheets import Sheets, ods, xlsx

WAIT = 20_000  # milliseconds
HOUSES = [["rooms", "town", "price"], *[[i % 7, "Bern" if i % 3 else "Rome", 100.5 + i] for i in range(30)]]
CARS = [["age", "town", "power", "sold"], *[[i % 9, "Oslo", 40.25 + i, i % 2] for i in range(40)]]
NOTES = [["as of", "May"], ["unit", "Euro"]]


def settled(qtbot: QtBot, dialog: TableImport) -> None:
    qtbot.waitUntil(lambda: not dialog.reader.busy, timeout=WAIT)


def pick(qtbot: QtBot, dialog: TableImport, sheet: str | None) -> None:
    """Choose a sheet as with the mouse, and wait until it is read."""
    box = dialog.switches.box("sheet")
    index = next(at for at in range(box.count()) if box.value_at(at) == sheet)
    box.setCurrentIndex(index)
    box.activated.emit(index)
    settled(qtbot, dialog)


@pytest.mark.parametrize(("suffix", "make"), [(".xlsx", xlsx), (".ods", ods)])
def test_a_sheet_is_chosen_and_decisions_on_another_do_not_outlive_it(
    qtbot: QtBot, ready: Program, tmp_path: Path, suffix: str, make: Callable[[Sheets], bytes]
) -> None:
    path = tmp_path / f"book{suffix}"
    path.write_bytes(make({"Houses": HOUSES, "Cars": CARS, "Notes": NOTES}))
    with qtbot.waitSignal(ready.data_source.found, timeout=WAIT):
        ready.data_source.inspect(path)
    ready.importing.look()
    dialog = ready.importing.dialog
    assert dialog is not None
    settled(qtbot, dialog)
    box = dialog.switches.box("sheet")
    assert box.isVisibleTo(dialog)
    assert box.currentText() == "Automatic: Houses"
    assert not dialog.switches.box("separator").isVisibleTo(dialog)
    assert dialog.facts.whole == "30 rows, 3 columns"
    dialog._change(with_groups(with_part(dialog.draft, "rooms", "used", False), "town"))
    settled(qtbot, dialog)
    assert dialog.draft.data.split_by == "groups"

    pick(qtbot, dialog, "Houses")  # the sheet that is shown: nothing changes
    assert (dialog.draft.choice.groups, len(dialog.draft.choice.columns)) == ("town", 1)
    pick(qtbot, dialog, "Cars")
    assert dialog.facts.whole == "40 rows, 4 columns"
    choice, data = dialog.draft.choice, dialog.draft.data
    assert (choice.sheet, choice.groups, choice.columns) == ("Cars", "", ())
    assert (data.target, data.split_by, [item.name for item in data.inputs]) == ("sold", "stratified", ["age", "power"])

    pick(qtbot, dialog, "Notes")
    assert dialog.failure.isVisibleTo(dialog)
    assert not dialog.panel.use.isEnabled()
    pick(qtbot, dialog, "Houses")
    assert not dialog.failure.isVisibleTo(dialog)
    assert (dialog.draft.data.target, dialog.draft.data.split_by) == ("price", "stratified")
    pick(qtbot, dialog, "Cars")
    dialog.panel.use.click()
    used = ready.document.experiment.data
    assert isinstance(used, Table)
    assert (used.source.reading.sheet, used.source.rows, used.target) == ("Cars", 40, "sold")
    assert not check(ready.document.experiment)
