"""The program as a whole: what a person does to documents and files, and what the window makes of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.gui.gallery.dialog import Gallery
from playground.gui.recipe.popover import Popover
from playground.gui.session.run_state import RunState
from playground.gui.start.program import Program
from playground.gui.style.settings import Settings
from playground.gui.style.theme import DARK, LIGHT, theme_of
from playground.spec.files.experiment_file import write_experiment
from playground.spec.files.presets import preset, presets
from playground.spec.files.resources import resource
from playground.spec.layers.dense import Linear


def test_the_first_preset_is_open(program: Program) -> None:
    assert program.document.experiment == presets()[0].experiment
    assert "First network" in program.window.windowTitle()
    assert not program.window.isWindowModified()


def test_the_appearance_changes_at_once_and_is_remembered(program: Program, settings: Settings) -> None:
    for name, theme in (("dark", DARK), ("light", LIGHT)):
        next(action for action in program.view_menu.looks.actions() if action.data() == name).trigger()
        assert theme_of(program.top) is theme
        assert settings.appearance == name


def test_the_layout_is_remembered_and_can_be_reset(
    qtbot: QtBot, program: Program, make_program: Callable[[], Program]
) -> None:
    usual = program.window.across.sizes()
    program.window.across.moveSplitter(usual[0] + 20, 1)
    changed = program.window.across.sizes()
    assert changed != usual
    program.window.close()
    again = make_program()
    again.window.show()
    assert again.window.across.sizes() == changed
    again.view_menu.reset.trigger()
    assert again.window.across.sizes() != changed


def test_every_pane_is_reached_by_keyboard(program: Program) -> None:
    reached = []
    for _ in program.panes():
        program.view_menu.next_pane.trigger()
        focused = QApplication.focusWidget()
        reached.append(next(pane for pane in program.panes() if pane is focused or pane.isAncestorOf(focused)))
    assert set(reached) == set(program.panes())


def test_a_gallery_that_was_closed_is_gone(qtbot: QtBot, program: Program) -> None:
    program.dialogs.show_gallery()
    (gallery,) = program.window.findChildren(Gallery)
    with qtbot.waitSignal(gallery.destroyed):
        gallery.reject()
    assert not program.window.findChildren(Gallery)


def test_opening_and_closing_in_the_middle_of_training(
    qtbot: QtBot, make_program: Callable[[], Program], tmp_path: Path
) -> None:
    path = tmp_path / "other.playground"
    write_experiment(preset("textbook").experiment.with_(name="Other"), path)
    program = make_program()
    program.start(None)
    qtbot.waitUntil(lambda: program.run.state is RunState.IDLE, timeout=60_000)
    for _ in range(3):
        program.files.new(presets()[0])
        program.run_menu.train.trigger()
        qtbot.waitUntil(lambda: program.run.progress.step > 3, timeout=20_000)
        with qtbot.waitSignal(program.files.opened):
            program.files.open(path)
        assert program.document.experiment.name == "Other"
        assert program.run.state is RunState.IDLE
    program.run_menu.train.trigger()
    qtbot.waitUntil(lambda: program.run.progress.step > 3, timeout=20_000)
    program.window.close()
    assert not program.window.isVisible()


def test_a_network_that_arrives_too_late_does_not_take_the_place_of_a_new_run(
    qtbot: QtBot, make_program: Callable[[], Program]
) -> None:
    program = make_program()
    program.start(None)
    qtbot.waitUntil(lambda: program.run.state is RunState.IDLE, timeout=60_000)
    program.run.open(resource("presets") / "reader.safetensors")
    program.run.step()
    qtbot.waitUntil(lambda: program.run.state is RunState.PAUSED, timeout=20_000)
    assert program.run.progress.step == 1
    assert program.run.weights is not None
    assert program.document.experiment == preset("first-network").experiment


def test_a_network_that_was_being_opened_is_forgotten_with_a_new_experiment(
    qtbot: QtBot, make_program: Callable[[], Program]
) -> None:
    program = make_program()
    program.files.open(resource("presets") / "reader.safetensors")
    qtbot.waitUntil(lambda: program.document.experiment.name == "Reader")
    program.files.new(preset("textbook"))
    program.run.load_torch()
    qtbot.waitUntil(lambda: program.run.state is RunState.IDLE, timeout=60_000)
    with qtbot.waitSignal(program.run.test_sample, timeout=20_000):
        program.run.pick_test_sample()  # answered after all that was asked before
    assert not program.run.has_network


def test_the_stack_has_the_keyboard_after_a_layer_was_inserted(qtbot: QtBot, program: Program) -> None:
    assert program.palette is not None
    stack, search = program.stack, program.palette.search
    count = len(program.document.experiment.stack.layers)
    stack.select_path((0,))
    program.palette.focus_search()
    qtbot.keyClicks(search, "dropout")
    qtbot.keyClick(search, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is stack
    assert stack.selected_paths() == ((1,),)
    qtbot.keyClick(stack, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert len(program.document.experiment.stack.layers) == count + 2
    program.palette.focus_search()
    program.palette.list.doubleClicked.emit(program.palette.list.currentIndex())
    assert QApplication.focusWidget() is stack


def test_the_keyboard_returns_where_it_was_when_what_was_opened_is_closed(qtbot: QtBot, program: Program) -> None:
    assert program.recipe is not None
    program.window.activateWindow()
    for origin in (program.stack, program.palette.search, program.top.name):
        origin.setFocus()
        program.file_menu.new.trigger()
        gallery = program.window.findChild(Gallery)
        qtbot.waitUntil(gallery.search.hasFocus)
        with qtbot.waitSignal(gallery.destroyed):
            qtbot.keyClick(gallery.search, Qt.Key.Key_Escape)
        program.window.activateWindow()  # as a window manager does, which not every platform of the tests has
        qtbot.waitUntil(origin.hasFocus)
    for button in (program.recipe.more, program.recipe.cell("optimizer").more_button):
        for pressed in (True, False):  # with the keyboard; or with the mouse, which moves no keyboard on some systems
            origin = button if pressed else program.stack
            origin.setFocus()
            button.click()
            popover = program.window.findChild(Popover)
            qtbot.waitUntil(lambda popover=popover: popover.isAncestorOf(QApplication.focusWidget()))
            with qtbot.waitSignal(popover.destroyed):
                qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
            program.window.activateWindow()
            qtbot.waitUntil(origin.hasFocus)


def test_the_stack_has_the_keyboard_under_a_new_network(qtbot: QtBot, program: Program) -> None:
    program.palette.focus_search()
    program.files.new(preset("lenet-5"))
    assert QApplication.focusWidget() is program.stack
    assert program.stack.selected_paths() == ()


def test_the_stack_has_the_keyboard_when_the_field_that_had_it_goes(qtbot: QtBot, program: Program) -> None:
    program.stack.select_path((0,))
    program.stack.insert(Linear(out_features=3))
    program.form.focus_form()
    assert program.form.isAncestorOf(QApplication.focusWidget())
    program.document.undo_stack.undo()
    assert QApplication.focusWidget() is program.stack
