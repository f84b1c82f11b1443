"""What can be done with containers: wrap and unwrap, enter and leave, add and remove branches."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from playground.gui.session.document import Document
from playground.gui.stack.view import StackView
from playground.spec.container import DEEPEST
from playground.spec.layers.containers import Repeat, Residual
from tests.gui.stack.containers import nested_document, shown

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    return nested_document()


def test_arrows_lead_in_and_out(view: StackView, qtbot: QtBot) -> None:
    view.select_path((1, 0, 1))
    qtbot.keyClick(view, KEY.Key_Left)
    assert view.current_path() == (1,)
    qtbot.keyClick(view, KEY.Key_Right)
    assert view.current_path() == (1, 0, 0)
    qtbot.keyClick(view, KEY.Key_Up)
    assert view.current_path() == (1,)
    qtbot.keyClick(view, KEY.Key_Left)
    assert shown(view)[:3] == ["Conv2d", "Residual", "MaxPool2d"]
    qtbot.keyClick(view, KEY.Key_Down)
    assert view.current_path() == (2,)
    qtbot.keyClick(view, KEY.Key_Up)
    qtbot.keyClick(view, KEY.Key_Right)
    assert shown(view)[:3] == ["Conv2d", "Residual", "Conv2d"]
    with qtbot.waitSignal(view.form_requested):
        qtbot.keyClick(view, KEY.Key_Return)


def wrap(view: StackView, name: str) -> None:
    menu = view.commands.containers.choice()
    next(action for action in menu.actions() if action.text() == name).trigger()
    menu.deleteLater()


def test_wrap_and_unwrap(view: StackView, document: Document, letters: Callable[[], str], qtbot: QtBot) -> None:
    view.select_paths(((4,), (5,)))
    wrap(view, "Repeat")
    assert letters() == "C[CBR]M[[R]|][FL]"
    assert view.selected_paths() == ((4,),)
    assert document.undo_stack.undoText() == "Wrap in Repeat"
    qtbot.keyClick(view, KEY.Key_G, CTRL | SHIFT)
    assert letters() == "C[CBR]M[[R]|]FL"
    assert view.selected_paths() == ((4,), (5,))
    assert document.undo_stack.undoText() == "Unwrap Repeat"
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert letters() == "C[CBR]M[[R]|]FL"


def test_the_key_for_wrapping_asks_in_what(view: StackView, qtbot: QtBot) -> None:
    view.select_path((0,))
    qtbot.keyClick(view, KEY.Key_G, CTRL)
    menu = QGuiApplication.topLevelWindows() and view.findChildren(type(view.commands.menu(view)))[-1]
    assert menu
    for child in view.findChildren(type(menu)):
        child.close()


def test_unwrap_means_the_container_around_a_layer(view: StackView, letters: Callable[[], str], qtbot: QtBot) -> None:
    view.select_path((1, 0, 1))
    qtbot.keyClick(view, KEY.Key_G, CTRL | SHIFT)
    assert letters() == "CCBRM[[R]|]FL"


def test_wrapping_too_deep_is_refused(view: StackView, document: Document, qtbot: QtBot) -> None:
    view.select_path((0,))
    for _ in range(DEEPEST):
        view.commands.containers.wrap_in(Residual)
    with qtbot.waitSignal(view.refused) as told:
        view.commands.containers.wrap_in(Residual)
    assert told.args == ["That would be too deep: containers can be nested at most 12 deep."]


def test_a_container_inserted_with_several_selected_wraps_them(view: StackView, letters: Callable[[], str]) -> None:
    view.select_paths(((4,), (5,)))
    view.insert(Repeat())
    assert letters() == "C[CBR]M[[R]|][FL]"


def test_branches_come_and_go(view: StackView, document: Document, letters: Callable[[], str], qtbot: QtBot) -> None:
    view.select_path((3, 0, 0, 0, 0))
    commands = view.commands.containers
    assert not commands.remove_branch.isEnabled()
    qtbot.keyClick(view, KEY.Key_B, CTRL | SHIFT)
    assert letters() == "C[CBR]M[[R]||]FL"
    assert view.selected_paths() == ((3, 2, 0),)
    view.select_path((3, 0, 0, 0, 0))
    commands.remove_branch.trigger()
    assert letters() == "C[CBR]M[|]FL"
    assert document.undo_stack.undoText() == "Remove a branch of Parallel"
    document.undo_stack.undo()
    assert letters() == "C[CBR]M[[R]||]FL"
    view.select_path((1,))
    assert not commands.add_branch.isEnabled()
