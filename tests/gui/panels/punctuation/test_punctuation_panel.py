"""The panel that restores: every change of the text is asked about, and what is shown answers what stands there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QInputMethodEvent, QTextCursor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.gui.panels.punctuation.inference import Restored
from playground.gui.panels.punctuation.panel import PunctuationPanel
from playground.gui.panels.punctuation.view import LONGEST, PunctuationView
from playground.gui.session.inference_thread import InferenceError
from playground.gui.start.program import Program
from playground.gui.style.text_entry import MOST
from playground.spec.datasets.text import Shakespeare
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.messages import message


@pytest.fixture
def panel(qtbot: QtBot) -> PunctuationView:
    made = PunctuationView()
    qtbot.addWidget(made)
    made.set_trained(True)
    return made


def test_what_stands_there_is_asked_and_answered(panel: PunctuationView) -> None:
    heard: list[object] = []
    panel.asked.connect(heard.append)
    panel.set_text("ab")
    assert heard == ["ab"]
    panel.show_answer(Restored("a", (("a", "A", 1.0),), 1))
    assert panel.page.toPlainText() == ""
    panel.show_answer(Restored("ab", (("a", "A", 0.99), ("b", "b.", 0.49)), 1))
    assert panel.page.toPlainText() == "Ab."
    assert [round(strength, 2) for _, strength in panel.page.parts] == [0.0, 0.5]
    panel.set_text(" \n")
    assert heard[-1] is None
    assert panel.page.toPlainText() == ""


def test_a_long_text_is_cut_and_that_is_said(panel: PunctuationView) -> None:
    heard: list[str] = []
    panel.asked.connect(heard.append)
    panel.set_text("x" * (LONGEST + 1))
    assert len(heard[-1]) == LONGEST
    assert "2,000" in panel.note.text()


def test_what_is_wrong_is_said_in_place(panel: PunctuationView) -> None:
    panel.set_text("a")
    panel.show_answer(InferenceError(message("It cannot.")))
    assert panel.note.text() == "It cannot."
    panel.set_text("b")
    assert panel._area.currentIndex() == 0
    panel.set_trained(False)
    assert "random" in panel.note.text()


def test_a_line_is_restored_in_the_window(program: Program, qtbot: QtBot) -> None:
    data = Shakespeare(asked="restore", context=16)
    layers = (Embedding(embedding_dim=4), Linear(out_features=14))
    program.document.load(Experiment(data=data, stack=Stack(layers=layers)), None)
    assert program.task is not None
    task = program.task.panel
    assert isinstance(task, PunctuationPanel)
    program.run.load_torch()
    qtbot.waitUntil(lambda: bool(task.restoring.page.parts), timeout=30_000)
    letters = "".join(text[0].lower() for text, _ in task.restoring.page.parts)
    assert letters == data.line


def test_a_pasted_book_is_bounded_and_the_rest_stays_typable(panel: PunctuationView) -> None:
    panel.set_text("begin ")
    panel.text.moveCursor(QTextCursor.MoveOperation.End)
    book = QMimeData()
    book.setText("word " * 100_000)
    panel.text.insertFromMimeData(book)
    assert len(panel.text.toPlainText()) == MOST
    assert panel.text.toPlainText().startswith("begin word word")
    panel.text.selectAll()
    panel.text.insertFromMimeData(book)
    assert len(panel.text.toPlainText()) == MOST


def test_an_input_method_is_read_once_it_gives_its_text_over(panel: PunctuationView) -> None:
    heard: list[object] = []
    panel.set_text("")
    panel.asked.connect(heard.append)
    for composed in ("c", "ch", "chu"):
        QApplication.sendEvent(panel.text, QInputMethodEvent(composed, []))
    assert heard == []
    assert panel.text.toPlainText() == ""
    given = QInputMethodEvent()
    given.setCommitString("春")
    QApplication.sendEvent(panel.text, given)
    assert heard == ["春"]


def test_nothing_that_was_restored_stands_beside_a_problem(panel: PunctuationView) -> None:
    panel.set_text("ab")
    panel.show_answer(Restored("ab", (("a", "A", 1.0), ("b", "b", 0.5)), 1))
    assert panel.page.toPlainText() == "Ab"
    panel.set_message("It cannot.")
    assert panel.page.toPlainText() == ""
    panel.set_message(None)
    panel.show_answer(Restored("ab", (("a", "A", 1.0), ("b", "b", 0.5)), 2))
    assert panel.page.toPlainText() == "Ab"
