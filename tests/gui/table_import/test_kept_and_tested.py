"""The import view with a separate test file, and closed with decisions that were not used."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from playground.gui.start.program import Program
from playground.gui.table_import.dialog import TableImport
from playground.spec.datasets.table import Table
from tests.engine.data.titanic_table import write_titanic
from tests.gui.conftest import Answers
from tests.gui.table_import.test_table_import import WAIT, _data, _settled


def _looked_at(qtbot: QtBot, program: Program, path: Path) -> TableImport:
    with qtbot.waitSignal(program.data_source.found, timeout=WAIT):
        program.data_source.inspect(path)
    program.importing.look()
    dialog = program.importing.dialog
    assert dialog is not None
    _settled(qtbot, dialog)
    return dialog


def test_a_test_file_is_chosen_refused_and_used(qtbot: QtBot, ready: Program, answers: Answers, tmp_path: Path) -> None:
    dialog = _looked_at(qtbot, ready, write_titanic(tmp_path / "titanic.csv"))
    rows = (tmp_path / "titanic.csv").read_bytes().splitlines(keepends=True)
    wrong, right = tmp_path / "wrong.csv", tmp_path / "later.csv"
    wrong.write_bytes(b"PassengerId;Survived\n1;yes\n")
    right.write_bytes(b"".join([rows[0], *rows[1:101]]))
    before = ready.document.experiment
    dialog.panel.set_requested.emit("target", "Survived")
    for path, fails in ((wrong, True), (right, False)):
        answers.path = path
        last = dialog.panel.tested.count() - 1
        dialog.panel.tested.setCurrentIndex(last)
        dialog.panel.tested.activated.emit(last)
        _settled(qtbot, dialog)
        assert dialog.panel.tested.currentText() == path.name
        assert dialog.failure.isHidden() is not fails
        assert dialog.panel.use.isEnabled() is not fails
    assert "100 test" in dialog.panel.rows.text()
    dialog.panel.use.click()
    data = _data(ready)
    assert (data.split_by, data.test_count, data.source.choice.test_file) == ("file", 100, str(right))
    ready.document.undo_stack.undo()
    assert ready.document.experiment == before


def test_decisions_that_were_not_used_are_kept(qtbot: QtBot, ready: Program, tmp_path: Path) -> None:
    dialog = _looked_at(qtbot, ready, write_titanic(tmp_path / "titanic.csv"))
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)  # nothing was decided: nothing is said
    assert not any("were not used" in words for words in ready.window.messages.texts())
    ready.importing.look()
    dialog = ready.importing.dialog
    assert dialog is not None
    _settled(qtbot, dialog)
    dialog._choose(dialog.draft.choice.with_(missing="own"))
    dialog.panel.set_requested.emit("test_share", 0.35)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert ready.importing.dialog is None
    assert any("Your decisions on titanic.csv were not used." in words for words in ready.window.messages.texts())
    buttons = [item for item in ready.window.messages.findChildren(QPushButton) if item.text() == "Go on deciding…"]
    buttons[-1].click()
    again = ready.importing.dialog
    assert again is not None
    _settled(qtbot, again)
    assert (again.draft.choice.missing, again.draft.data.test_share) == ("own", 0.35)
    assert not any("were not used" in words for words in ready.window.messages.texts())
    again.panel.use.click()
    data = _data(ready)
    assert isinstance(data, Table)
    assert (data.source.choice.missing, data.test_share) == ("own", 0.35)
