"""Where texts are typed: what is pasted or dropped stands there, and nothing else is kept of it."""

from __future__ import annotations

import weakref

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.gui.forms.text_editors import ParagraphEditor
from playground.gui.style.text_entry import BoundedTextEdit
from playground.spec.component import fields_of
from playground.spec.experiment import Experiment


@pytest.fixture
def entry(qtbot: QtBot) -> BoundedTextEdit:
    made = BoundedTextEdit()
    qtbot.addWidget(made)
    made.resize(266, 113)
    made.show()
    return made


def mime(text: str) -> QMimeData:
    made = QMimeData()
    made.setText(text)
    return made


def drop(entry: BoundedTextEdit, what: QMimeData) -> None:
    """As Qt does when a person lets go of something over the first line."""
    place, action, left, no = QPoint(10, 10), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier
    enter = QDragEnterEvent(place, action, what, left, no.NoModifier)
    QApplication.sendEvent(entry.viewport(), enter)
    if enter.isAccepted():
        event = QDropEvent(QPointF(place), action, what, left, no.NoModifier, QEvent.Type.Drop)
        QApplication.sendEvent(entry.viewport(), event)


def test_long_texts_can_be_dropped_again_and_again(entry: BoundedTextEdit) -> None:
    for _ in range(10):
        drop(entry, mime("word " * 200))
    assert len(entry.toPlainText()) == 10 * 1000


def test_what_was_pasted_is_let_go_of(entry: BoundedTextEdit) -> None:
    pasted = mime("word")
    held = weakref.ref(pasted)
    entry.insertFromMimeData(pasted)
    del pasted
    assert held() is None


def test_the_end_of_what_was_pasted_is_shown(entry: BoundedTextEdit, qtbot: QtBot) -> None:
    entry.insertFromMimeData(mime("word\n" * 100))
    qtbot.waitUntil(lambda: entry.viewport().rect().contains(entry.cursorRect()))


def test_nothing_is_pasted_or_dropped_where_nothing_can_be_typed(entry: BoundedTextEdit) -> None:
    entry.setPlainText("begin")
    entry.setReadOnly(True)
    entry.insertFromMimeData(mime("word"))
    drop(entry, mime("word"))
    assert entry.toPlainText() == "begin"


def test_the_editor_of_several_lines_is_one(qtbot: QtBot) -> None:
    about = next(field for field in fields_of(Experiment) if field.name == "about")
    editor = ParagraphEditor(about)
    qtbot.addWidget(editor)
    assert isinstance(editor.text, BoundedTextEdit)
