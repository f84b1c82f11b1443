"""The import view in a whole program: it reads in the background, and its data become the document's."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QPushButton
from pytestqt.qtbot import QtBot

from playground.gui.data_source.pane import DataSourcePane
from playground.gui.start.program import Program
from playground.gui.table_import.dialog import TableImport
from playground.spec.check.problems import check
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.datasets.table import Table
from playground.spec.edits import Set
from playground.spec.messages import message
from tests.engine.data.titanic_table import ROWS, write_titanic
from tests.gui.conftest import Answers

WAIT = 20_000  # milliseconds


def _settled(qtbot: QtBot, dialog: TableImport) -> None:
    qtbot.waitUntil(lambda: not dialog.reader.busy, timeout=WAIT)


def _data(program: Program) -> Table:
    data = program.document.experiment.data
    assert isinstance(data, Table)
    return data


@pytest.fixture
def titanic(qtbot: QtBot, ready: Program, tmp_path: Path) -> Program:
    with qtbot.waitSignal(ready.data_source.found, timeout=WAIT):
        ready.data_source.inspect(write_titanic(tmp_path / "titanic.csv"))
    ready.document.do(Set(("data",), _data(ready).with_(target="Survived"), message("Target")))
    return ready


@pytest.fixture
def dialog(qtbot: QtBot, titanic: Program) -> TableImport:
    titanic.importing.look()
    dialog = titanic.importing.dialog
    assert dialog is not None
    _settled(qtbot, dialog)
    return dialog


def test_what_is_read_is_shown(dialog: TableImport) -> None:
    assert dialog.facts.whole == "891 rows, 9 columns"
    assert dialog.switches.box("separator").currentText() == "Automatic: semicolon"
    assert dialog.switches.box("encoding").currentText() == "Automatic: Windows-1252"
    assert not dialog.switches.box("sheet").isVisibleTo(dialog)
    assert dialog.table.rows.rowCount() == 50
    words = dialog.table.rows.headerData(5, Qt.Orientation.Horizontal, Qt.ItemDataRole.AccessibleTextRole)
    assert words == "Age, input, number, 177 missing"
    assert "Always saying no is right for 61.6 %." in dialog.notes.worth.text()
    assert "PassengerId: it counts the rows" in dialog.notes.left_out.text()
    assert "642 train" in dialog.panel.rows.text()
    assert dialog.focusWidget() is dialog.table


def test_a_decision_is_read_and_used_as_one_step(qtbot: QtBot, titanic: Program, dialog: TableImport) -> None:
    before = titanic.document.experiment
    steps = titanic.document.undo_stack.count()
    box = dialog.switches.box("missing")
    box.setCurrentIndex(1)
    box.activated.emit(1)  # leave row out
    assert not dialog.panel.use.isEnabled()
    _settled(qtbot, dialog)
    dialog.panel.set_requested.emit("test_share", 0.3)
    assert not dialog.reader.busy  # the rows need not be read again
    dialog.panel.use.click()
    data = _data(titanic)
    assert (data.source.choice.missing, data.test_share, data.target) == ("row", 0.3, "Survived")
    assert data.source.rows < ROWS - 170
    assert not check(titanic.document.experiment)
    assert titanic.document.undo_stack.count() == steps + 1
    titanic.document.undo_stack.undo()
    assert titanic.document.experiment == before
    assert titanic.importing.dialog is None


def test_an_error_is_said_in_place_and_the_last_view_stays(qtbot: QtBot, dialog: TableImport) -> None:
    box = dialog.switches.box("separator")
    for index, fails in ((4, True), (0, False)):
        box.setCurrentIndex(index)
        box.activated.emit(index)
        _settled(qtbot, dialog)
        assert dialog.failure.isHidden() is not fails
        assert (dialog.facts.text() == "") is fails
        assert dialog.panel.use.isEnabled() is not fails
        assert dialog.table.rows.rowCount() == 50
    assert "not a table" in dialog.failure.text()
    assert dialog.failure.text().endswith("What is shown below was read before.")


def test_only_the_last_of_several_decisions_is_read(qtbot: QtBot, dialog: TableImport) -> None:
    seen: list[object] = []
    dialog.reader.read.connect(seen.append)
    for missing in ("row", "own", "usual"):
        dialog._choose(dialog.draft.choice.with_(missing=missing))
        if missing == "own":
            qtbot.waitUntil(lambda: dialog.reader._job is not None)  # this one is dropped while it is read
    _settled(qtbot, dialog)
    assert len(seen) == 1
    assert dialog.reading is not None
    assert dialog.reading.found.source.reading.missing == "usual"


def test_the_menu_of_a_column_opens_by_key_and_changes_its_role(qtbot: QtBot, dialog: TableImport) -> None:
    dialog.table.go_to(5)
    qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    menu = dialog.findChild(QMenu)
    assert isinstance(menu, QMenu)
    left_out = next(action for action in menu.actions() if action.text() == "Left out")
    left_out.trigger()
    menu.close()
    _settled(qtbot, dialog)
    assert dialog.table.rows.columns[5].role == "left out"
    assert "Age: you left it out" in dialog.notes.left_out.text()
    dialog.show_menu(0, "role", QPoint())


def test_a_column_that_gives_the_target_away_is_left_out_at_a_press(
    qtbot: QtBot, titanic: Program, dialog: TableImport, answers: Answers, tmp_path: Path
) -> None:
    answers.path = write_titanic(tmp_path / "boat.csv", boat=True)
    dialog.other.click()
    _settled(qtbot, dialog)
    dialog.panel.set_requested.emit("target", "Survived")
    _settled(qtbot, dialog)
    assert "“Boat” alone gives “Survived” away" in dialog.warning.words.text()
    assert dialog.warning.button.text() == "Leave Boat out"
    dialog.warning.button.click()
    _settled(qtbot, dialog)
    assert "Boat" not in dialog.warning.words.text()


@pytest.mark.parametrize(
    ("cells", "said"),
    [("{0} kg", "read as a number in kg"), ("202401{0}", "read as dates"), ("Blue,blue", "only in letter case")],
)
def test_a_remark_on_a_column_leads_to_the_menu_of_that_column(
    qtbot: QtBot, dialog: TableImport, answers: Answers, tmp_path: Path, cells: str, said: str
) -> None:
    answers.path = tmp_path / "one.csv"
    several = cells.split(",")
    rows = [f"{several[at % len(several)].format(at)},{at % 3},{'yes' if at % 4 < 2 else 'no'}" for at in range(10, 30)]
    answers.path.write_text("\n".join(["told,height,fit", *rows]) + "\n")
    dialog.other.click()
    _settled(qtbot, dialog)
    assert said in dialog.warning.words.text()
    dialog.warning.button.click()
    menu = dialog.findChild(QMenu)
    assert isinstance(menu, QMenu)
    assert dialog.table.currentIndex().column() == 0
    assert "Left out" in [action.text() for action in menu.actions()]
    menu.close()


def test_a_file_that_cannot_be_read_shows_no_rows_of_another(
    qtbot: QtBot, dialog: TableImport, answers: Answers, tmp_path: Path
) -> None:
    answers.path = tmp_path / "bad.csv"
    answers.path.write_text("a,b\n1,2\n")
    dialog.other.click()
    _settled(qtbot, dialog)
    assert not dialog.failure.isHidden()
    assert dialog.table.isHidden()
    assert not dialog.panel.use.isEnabled()


def test_the_view_is_offered_beside_the_choice_and_in_the_note(qtbot: QtBot, titanic: Program) -> None:
    pane = DataSourcePane(titanic.data_source)
    qtbot.addWidget(pane)
    assert not pane.look.isHidden()
    titanic.importing._offer(message("titanic.csv"))
    buttons = [button.text() for button in titanic.window.messages.findChildren(QPushButton)]
    assert "Look at the table…" in buttons
    titanic.data_source.look_requested.emit()
    assert titanic.importing.dialog is not None
    assert "titanic.csv" not in titanic.window.messages.texts()


def test_closed_while_it_reads_nothing_arrives(qtbot: QtBot, titanic: Program, dialog: TableImport) -> None:
    before = titanic.document.experiment
    dialog._choose(dialog.draft.choice.with_(missing="own"))
    dialog.panel.cancel.click()
    assert not dialog.reader.busy
    assert titanic.importing.dialog is None
    assert titanic.document.experiment is before


def test_a_column_of_short_sentences_becomes_labelled_texts(qtbot: QtBot, ready: Program, tmp_path: Path) -> None:
    path, sentences = tmp_path / "short.csv", ("it was good", "it was bad", "I liked it a lot", "never again please")
    path.write_text("\n".join(["n;mood;review", *(f"{n % 7},5;{'yn'[n % 2]};{sentences[n % 4]}" for n in range(60))]))
    with qtbot.waitSignal(ready.data_source.found, timeout=WAIT):
        ready.data_source.inspect(path)
    ready.document.do(Set(("data",), _data(ready).with_(target="mood"), message("Target")))
    ready.importing.look()
    dialog = ready.importing.dialog
    assert dialog is not None
    _settled(qtbot, dialog)
    before = ready.document.experiment
    offered = {}
    for section in (0, 2):
        dialog.show_menu(section, "kind", QPoint(0, 0))
        menu = dialog.findChildren(QMenu)[-1]
        offered[section] = {action.text(): action for action in menu.actions()}
        menu.close()
    assert "Text, to classify" not in offered[0]  # numbers
    with qtbot.waitSignal(ready.data_source.found, timeout=WAIT):
        offered[2]["Text, to classify"].trigger()
    data = ready.document.experiment.data
    assert isinstance(data, LabelledTexts)
    assert (data.text_column, data.label_column, data.class_names) == ("review", "mood", ("n", "y"))
    assert not check(ready.document.experiment)
    assert ready.importing.dialog is None
    ready.document.undo_stack.undo()
    assert ready.document.experiment == before
