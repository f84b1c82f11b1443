"""The menus: all that can be done has a key of its own and a place in them."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QDialog, QMenu
from pytestqt.qtbot import QtBot

from playground.gui.start.program import Program
from playground.gui.style.action import add, allow, dress, entries, leaves, plain, reason_of
from playground.gui.window.about import About
from playground.gui.window.shortcuts import Shortcuts


def actions(program: Program) -> list:
    return [action for top in program.window.menuBar().actions() for action in leaves(top.menu())]


def test_every_action_has_words_and_a_key(program: Program) -> None:
    for action in actions(program):
        assert action.text(), action
        assert action.shortcuts(), f"{action.text()} has no shortcut"


def test_what_is_disabled_says_why(ready: Program) -> None:
    """Undo and Redo are Qt's own, and say nothing: there is nothing to undo."""
    silent = {ready.edit_menu.undo, ready.edit_menu.redo}
    disabled = [action for action in actions(ready) if not action.isEnabled() and action not in silent]
    assert {ready.file_menu.prune, ready.run_menu.stop} <= set(disabled)
    for action in disabled:
        assert reason_of(action), action.text()
        assert reason_of(action) in action.toolTip()
        menus = [menu for menu in action.associatedObjects() if isinstance(menu, QMenu)]
        assert all(menu.toolTipsVisible() for menu in menus), action.text()
    assert not any(reason_of(action) for action in actions(ready) if action.isEnabled())


def test_a_tool_tip_returns_when_its_action_is_possible(program: Program) -> None:
    action = add(QMenu(program.window), "&Stop", "F9", "End it")
    assert action.toolTip() == "End it (F9)"
    allow(action, False, "Nothing goes on.")
    assert (action.toolTip(), action.isEnabled()) == ("Nothing goes on. (F9)", False)
    dress(action, "F9", "End it now")
    assert action.toolTip() == "Nothing goes on. (F9)"
    allow(action, True, "Nothing goes on.")
    assert (action.toolTip(), action.isEnabled(), reason_of(action)) == ("End it now (F9)", True, "")


def test_the_buttons_of_the_transport_tell_their_keys(program: Program) -> None:
    for button, action in ((program.top.train, program.run_menu.train), (program.top.reset, program.run_menu.reset)):
        assert action.shortcut().toString(QKeySequence.SequenceFormat.NativeText) in button.toolTip()


def test_no_key_is_given_twice(program: Program) -> None:
    keys = Counter(key.toString() for action in actions(program) for key in action.shortcuts())
    assert [key for key, count in keys.items() if count > 1] == []
    assert "" not in keys


def test_no_mnemonic_stands_twice_in_a_menu(program: Program) -> None:
    for top in program.window.menuBar().actions():
        letters = Counter(
            action.text().partition("&")[2][:1].lower() for action in top.menu().actions() if "&" in action.text()
        )
        assert [letter for letter, count in letters.items() if count > 1] == [], top.text()


def test_the_list_of_shortcuts_names_every_action(program: Program) -> None:
    dialog = Shortcuts(program.window.menuBar(), program.window)
    rows = [
        dialog.list.topLevelItem(i).child(j)
        for i in range(dialog.list.topLevelItemCount())
        for j in range(dialog.list.topLevelItem(i).childCount())
    ]
    page = 4  # keys of the page Inside, which are in no menu
    assert len(rows) - page == len(list(entries(program.window.menuBar()))) == len(actions(program))
    assert all(row.text(1) for row in rows)
    dialog.close()


@pytest.mark.parametrize("kind", [Shortcuts, About])
def test_a_dialog_that_is_asked_for_again_comes_forward(kind: type[QDialog], program: Program, qtbot: QtBot) -> None:
    show = program.dialogs.show_shortcuts if kind is Shortcuts else program.dialogs.show_about
    show()
    (dialog,) = program.window.findChildren(kind)
    show()
    assert program.window.findChildren(kind) == [dialog]
    with qtbot.waitSignal(dialog.destroyed):
        dialog.reject()
    show()
    (again,) = program.window.findChildren(kind)
    assert again.isVisible()
    again.close()


def test_words_without_marks() -> None:
    assert plain("Save &as…") == "Save as"
    assert plain("This && that") == "This & that"


def test_no_menu_is_mirrored_by_its_button(program: Program) -> None:
    for button in (program.top.step, program.top.export):
        assert button.menu().layoutDirection() == QGuiApplication.layoutDirection()
        before = button.grab().toImage()
        button.setEnabled(not button.isEnabled())
        assert button.grab().toImage() != before
