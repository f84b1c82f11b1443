"""Words of a person or of a file are shown letter by letter: none is taken for HTML, a mnemonic or a placeholder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtGui import Qt as Gui
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QLineEdit, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from playground.gui.forms.refusal import Refusal
from playground.gui.stack.palette import Palette
from playground.gui.start.program import Program
from playground.gui.style.dialogs import Answer, Dialogs
from playground.gui.window.message_bar import MessageBar
from playground.spec.data.dataset import Dataset
from playground.spec.data.picture_folder_summary import PictureFolder
from playground.spec.data.table_summary import Column, TableFile
from playground.spec.data.text_summary import TextFile
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import OwnText
from playground.spec.edits import Set
from playground.spec.messages import message

WORD = "<b>x & y"
COLUMNS = tuple(
    Column(name=f"{WORD} {i}", kind="category", categories=(f"{WORD} a", f"{WORD} b"), counts=(9, 9)) for i in range(3)
)
SOURCE = TableFile(path=f"/{WORD}.csv", rows=18, columns=COLUMNS)
DATA: dict[str, Dataset] = {
    "table": Table(source=SOURCE, target=f"{WORD} 2"),
    "table without its target": Table(source=SOURCE, target=f"{WORD} 7"),
    "table of one column": Table(source=SOURCE.with_(columns=COLUMNS[:1]), target=f"{WORD} 0", asks="number"),
    "text": OwnText(source=TextFile(path=f"/{WORD}.txt", count=9000, alphabet="ab<>", kept=9000, letters="ab<>")),
    "text without windows": OwnText(source=TextFile(path=f"/{WORD}.txt", count=9, alphabet="ab<>")),
    "pictures": OwnPictures(source=PictureFolder(path=f"/{WORD}", classes=(f"{WORD} a", f"{WORD} b"), counts=(9, 9))),
}


def _tips(widget: QWidget) -> Iterator[str]:
    yield widget.toolTip()
    yield from (action.toolTip() for action in widget.findChildren(QAction))
    if isinstance(widget, QAbstractItemView) and widget.model():
        model = widget.model()
        for row in range(model.rowCount()):
            yield str(model.data(model.index(row, 0), Qt.ItemDataRole.ToolTipRole) or "")


def taken_for_html(root: QWidget) -> Iterator[str]:
    """Labels and tool tips that would show foreign words as rich text."""
    for widget in (root, *root.findChildren(QWidget)):
        if isinstance(widget, QLabel) and "<b>x" in widget.text():
            assumed = widget.textFormat() == Qt.TextFormat.AutoText and Gui.mightBeRichText(widget.text())
            if assumed or widget.textFormat() == Qt.TextFormat.RichText:
                yield f"{type(widget).__name__} in {type(widget.parent()).__name__}: {widget.text()}"
        for tip in _tips(widget):
            if "<b>x" in tip and Gui.mightBeRichText(tip):
                yield f"tip of {type(widget).__name__} in {type(widget.parent()).__name__}: {tip}"


@pytest.mark.parametrize("name", DATA)
def test_no_word_is_taken_for_html(program: Program, name: str) -> None:
    program.document.do(Set(("name",), WORD, message("Rename")))
    program.document.do(Set(("data",), DATA[name], message("Data")))
    for width in (1100, 1800):
        program.window.resize(width, 700)
        QApplication.processEvents()
        assert list(taken_for_html(program.window)) == []


def test_a_file_may_be_called_anything(qtbot: QtBot, program: Program, answers: Any, tmp_path: Path) -> None:
    answers.path = tmp_path / f"{WORD}.playground"
    with qtbot.waitSignal(program.files.told):
        program.file_menu.save_as.trigger()
    assert list(taken_for_html(program.window)) == []
    (action, *_) = program.file_menu.recent.actions()
    assert action.text() == "&1  <b>x && y.playground"
    assert "<b>x" not in action.toolTip()


def test_a_mended_step_is_told_as_it_is(program: Program) -> None:
    program.document.do(Set(("data",), DATA["table without its target"], message("Data")))
    problem = next(item for item in program.document.problems if item.field == ("data", "target"))
    assert problem.fix is not None
    program.document.mend(problem.fix)
    assert program.edit_menu.undo.text() == "Undo Set Target to <b>x && y 2"


def test_a_button_of_a_message_is_told_as_it_is(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    bar = MessageBar("key", "warning", "What is wrong", [(WORD, lambda: None)], parent)
    assert [button.text() for button in bar.findChildren(QPushButton)] == ["<b>x && y"]


def test_the_tip_of_a_long_message_is_told_as_it_is(program: Program) -> None:
    program.window.messages.show_message("key", "warning", f"{WORD} " * 400)
    QApplication.processEvents()
    (bar,) = program.window.messages.findChildren(MessageBar)
    assert bar.label.toolTip()
    assert list(taken_for_html(program.window)) == []


def test_the_tip_of_a_refused_text_is_told_as_it_is(qtbot: QtBot) -> None:
    form = QWidget()
    qtbot.addWidget(form)
    field, refusal = QLineEdit(form), Refusal(form)
    with qtbot.waitExposed(form):
        form.show()
    refusal.say(f"“{WORD}” is no number.", field)
    assert field.toolTip()
    assert list(taken_for_html(form)) == []


def test_the_title_shows_the_name_as_it_is(program: Program) -> None:
    program.document.do(Set(("name",), "a[*]b", message("Rename")))
    assert program.window.windowTitle() == "a[*][*]b[*] – Playground"


def test_no_mark_of_direction_turns_the_title_around(program: Program) -> None:
    program.document.do(Set(("name",), "a\u202eb\u2028\x1b", message("Rename")))
    assert program.window.windowTitle() == "a b  [*] – Playground"


def test_the_question_about_changes_shows_the_name_as_it_is(qtbot: QtBot, program: Program) -> None:
    seen: list[tuple[str, Qt.TextFormat]] = []

    def dismiss() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            seen.append((box.text(), box.textFormat()))
            box.reject()

    ticking = QTimer(program.window)
    ticking.timeout.connect(dismiss)
    ticking.start(20)
    answer = Dialogs(program.window).unsaved(WORD)
    ticking.stop()
    assert answer is Answer.CANCEL
    assert seen == [(f"Save the changes to the experiment “{WORD}”?", Qt.TextFormat.PlainText)]


def test_a_search_shows_what_was_typed(program: Program) -> None:
    program.window.findChild(Palette).search.setText("<b>x")
    assert list(taken_for_html(program.window)) == []
