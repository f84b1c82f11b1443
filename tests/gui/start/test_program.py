"""The program as a whole: what a person does to documents and files, and what the window makes of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from playground.engine.training.snapshots import Evaluating, Finished
from playground.gui.gallery.dialog import Gallery
from playground.gui.panels.pad.pad_view import PadView
from playground.gui.panels.picture.view import PictureView
from playground.gui.recipe.popover import Popover
from playground.gui.session.progress import Progress
from playground.gui.session.run import RunState
from playground.gui.start.program import Program
from playground.gui.style.dialogs import Answer
from playground.gui.style.settings import Settings
from playground.gui.style.theme import DARK, LIGHT, theme_of
from playground.spec.datasets.points import Heights
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import read_experiment, write_experiment
from playground.spec.files.presets import preset, presets
from playground.spec.files.resources import resource
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.messages import message
from playground.spec.number_text import percent_text
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.recipe import EarlyStopping, Recipe


def rename(program: Program, name: str) -> None:
    program.document.do(Set(("name",), name, message("Rename")))


def test_the_first_preset_is_open(program: Program) -> None:
    assert program.document.experiment == presets()[0].experiment
    assert "First network" in program.window.windowTitle()
    assert not program.window.isWindowModified()


def test_new_from_preset_replaces_the_experiment(program: Program) -> None:
    chosen = preset("lenet-5")
    program.files.new(chosen)
    assert program.document.experiment == chosen.experiment
    assert program.document.path is None
    assert not program.document.modified


def test_an_edit_is_marked_saved_and_read_back(qtbot: QtBot, program: Program, answers: Any, tmp_path: Path) -> None:
    rename(program, "Mine")
    assert program.window.isWindowModified()
    assert program.top.dot.isVisible()
    answers.path = tmp_path / "mine.playground"
    with qtbot.waitSignal(program.files.told):
        program.file_menu.save.trigger()
    assert answers.asked == ["Mine.playground"]
    assert not program.window.isWindowModified()
    assert read_experiment(answers.path) == program.document.experiment
    program.files.new(preset("textbook"))
    with qtbot.waitSignal(program.files.opened):
        program.files.open(answers.path)
    assert program.document.experiment.name == "Mine"
    assert program.document.path == answers.path


def test_what_is_edited_while_it_is_saved_stays_unsaved(
    qtbot: QtBot, program: Program, answers: Any, tmp_path: Path
) -> None:
    rename(program, "Before")
    answers.path = tmp_path / "a.playground"
    with qtbot.waitSignal(program.files.told):
        program.files.save()
        rename(program, "After")
    assert program.document.modified
    assert read_experiment(answers.path).name == "Before"


def test_a_save_that_fails_is_said_and_keeps_the_changes(
    qtbot: QtBot, program: Program, answers: Any, tmp_path: Path
) -> None:
    rename(program, "Mine")
    answers.path = tmp_path / "nowhere" / "mine.playground"
    with qtbot.waitSignal(program.files.failed):
        program.files.save()
    assert program.document.modified
    assert any("was not saved" in text for text in program.window.messages.texts())


def test_recent_files_are_listed_and_open(qtbot: QtBot, program: Program, tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.playground" for name in ("one", "two")]
    for path in paths:
        write_experiment(Experiment(name=path.stem), path)
        with qtbot.waitSignal(program.files.opened):
            program.files.open(path)
    recent = program.file_menu.recent.actions()
    assert [action.data() for action in recent[:2]] == paths[::-1]
    with qtbot.waitSignal(program.files.opened):
        recent[1].trigger()
    assert program.document.experiment.name == "one"


@pytest.mark.parametrize(
    ("answer", "open_after", "saved"),
    [(Answer.CANCEL, True, False), (Answer.DISCARD, False, False), (Answer.SAVE, False, True)],
)
def test_closing_asks_what_to_do_with_changes(
    qtbot: QtBot, program: Program, answers: Any, tmp_path: Path, answer: Answer, open_after: bool, saved: bool
) -> None:
    rename(program, "Mine")
    answers.unsaved_answer, answers.path = answer, tmp_path / "mine.playground"
    program.window.close()
    qtbot.waitUntil(lambda: program.window.isVisible() is open_after)
    assert answers.asked[0] == "Mine"
    assert answers.path.exists() is saved


def test_a_cancelled_question_keeps_the_document(program: Program, answers: Any) -> None:
    rename(program, "Mine")
    program.files.new(preset("textbook"))
    assert program.document.experiment.name == "Mine"


def test_a_bad_file_is_said_in_the_window(qtbot: QtBot, program: Program, tmp_path: Path) -> None:
    path = tmp_path / "bad.playground"
    path.write_text("{")
    before = program.document.experiment
    with qtbot.waitSignal(program.files.failed):
        program.files.open(path)
    assert any("bad.playground" in text for text in program.window.messages.texts())
    assert program.document.experiment == before


def drop(program: Program, *urls: QUrl) -> None:
    """Drag them over the window and let them go."""
    mime = QMimeData()
    mime.setUrls(urls)
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, buttons, keys)
    QApplication.sendEvent(program.window, enter)
    assert enter.isAccepted()
    event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, buttons, keys, QEvent.Type.Drop)
    QApplication.sendEvent(program.window, event)


def test_a_file_dropped_on_the_window_opens(qtbot: QtBot, program: Program, tmp_path: Path) -> None:
    path = tmp_path / "dropped.playground"
    write_experiment(Experiment(name="Dropped"), path)
    with qtbot.waitSignal(program.files.opened):
        drop(program, QUrl.fromLocalFile(str(path)))
    assert program.document.experiment.name == "Dropped"
    assert program.window.messages.texts() == ()


def test_of_several_files_the_one_that_can_be_used_is_taken_and_this_is_said(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    path = tmp_path / "dropped.playground"
    write_experiment(Experiment(name="Dropped"), path)
    urls = [QUrl.fromLocalFile(str(item)) for item in (tmp_path / "a.png", path, tmp_path / "b.png")]
    with qtbot.waitSignal(program.files.opened):
        drop(program, *urls)
    assert program.document.experiment.name == "Dropped"
    assert program.window.messages.texts() == ("Of the 3 files only “dropped.playground” was taken.",)
    with qtbot.waitSignal(program.files.opened):
        drop(program, urls[1])
    assert program.window.messages.texts() == ()


def test_of_several_files_that_are_pasted_the_first_picture_is_taken_and_this_is_said(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    image = QImage(28, 28, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    image.setPixel(14, 14, 0xFF000000)
    paths = [tmp_path / name for name in ("notes.txt", "seven.png", "eight.png")]
    for path in paths:
        image.save(str(path), "PNG")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    QApplication.clipboard().setMimeData(mime)
    assert program.task is not None
    for name in ("textbook", "fashion-cnn"):
        program.document.load(preset(name).experiment, None)
        shown = program.task.panel.widget
        paste = shown.pad.exchange.paste if isinstance(shown, PadView) else cast(PictureView, shown).paste
        with qtbot.waitSignal(program.task.taken):
            paste()
        assert "Of the 3 files only “seven.png” was taken." in program.window.messages.texts()
        program.window.messages.dismiss("rest")
    QApplication.clipboard().setImage(image)
    with qtbot.waitSignal(program.task.taken) as taken:
        cast(PictureView, shown).paste()
    assert taken.args == [None]
    QApplication.clipboard().clear()


def test_of_several_files_an_experiment_goes_before_what_is_learned_from(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    path = tmp_path / "dropped.playground"
    write_experiment(Experiment(name="Dropped"), path)
    (tmp_path / "readme.txt").write_text("about it")
    with qtbot.waitSignal(program.files.opened):
        drop(program, *(QUrl.fromLocalFile(str(item)) for item in (tmp_path / "readme.txt", path)))
    assert program.document.experiment.name == "Dropped"


def test_an_address_that_is_dropped_is_refused(program: Program) -> None:
    drop(program, QUrl("https://example.org/" + 1000 * "a" + "/net.safetensors"))
    (text,) = program.window.messages.texts()
    assert text.startswith("“https://example.org/aaa")
    assert "It is an address on the network" in text
    assert len(text) < 250


@pytest.mark.parametrize("name", ["net.pt", "net.onnx", "net.h5", "net.ipynb", "net.pdf"])
def test_what_cannot_be_opened_is_named_without_asking_for_changes(
    qtbot: QtBot, program: Program, answers: Any, tmp_path: Path, name: str
) -> None:
    rename(program, "Mine")
    (tmp_path / name).write_bytes(b"\x08\0")
    with qtbot.waitSignal(program.files.failed):
        drop(program, QUrl.fromLocalFile(str(tmp_path / name)))
    (text,) = program.window.messages.texts()
    assert f"{name}” was not opened. It is a" in text
    assert answers.asked == []
    assert program.document.experiment.name == "Mine"


def test_a_file_that_is_opened_over_changes_asks_once(
    qtbot: QtBot, program: Program, answers: Any, tmp_path: Path
) -> None:
    path = tmp_path / "other.playground"
    write_experiment(Experiment(name="Other"), path)
    rename(program, "Mine")
    answers.unsaved_answer = Answer.DISCARD
    with qtbot.waitSignal(program.files.opened):
        program.files.open(path)
    assert answers.asked == ["Mine"]
    assert program.document.experiment.name == "Other"


def test_a_network_that_is_opened_over_changes_asks_once(
    qtbot: QtBot, make_program: Callable[[], Program], answers: Any
) -> None:
    program = make_program()
    program.start(None)
    qtbot.waitUntil(lambda: program.run.state is RunState.IDLE, timeout=60_000)
    rename(program, "Mine")
    answers.unsaved_answer = Answer.DISCARD
    with qtbot.waitSignal(program.files.opened, timeout=20_000):
        program.files.open(resource("presets") / "reader.safetensors")
    assert answers.asked == ["Mine"]
    assert program.document.experiment.name == "Reader"
    assert program.run.state is RunState.FINISHED


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


def test_an_unexpected_exception_is_said(program: Program) -> None:
    program.unexpected.happened.emit("ValueError: odd")
    assert any("odd" in text for text in program.window.messages.texts())


def test_a_gallery_that_was_closed_is_gone(qtbot: QtBot, program: Program) -> None:
    program.dialogs.show_gallery()
    (gallery,) = program.window.findChildren(Gallery)
    with qtbot.waitSignal(gallery.destroyed):
        gallery.reject()
    assert not program.window.findChildren(Gallery)


def test_a_crash_of_the_run_is_said_and_the_log_offered(program: Program) -> None:
    sentence = message("Something went wrong: {error}.", error="odd")
    program.run.failed.emit(sentence)
    program.run.crashed.emit(sentence)
    assert program.window.messages.texts().count("Something went wrong: odd.") == 1
    assert "Open log" in [button.text() for button in program.window.messages.findChildren(QPushButton)]


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
    for button in (program.recipe.more, program.recipe.cell("optimizer").further):
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


def test_a_verdict_goes_with_its_run(program: Program) -> None:
    messages = program.window.messages
    messages.show_message("verdict", "hint", "Fit to deploy.")
    program.run.cleared.emit()
    assert not messages.says("verdict")


def test_what_a_network_file_says_of_its_training_is_told(qtbot: QtBot, program: Program) -> None:
    program.run.load_torch()
    with qtbot.waitSignal(program.files.opened, timeout=20_000):
        program.files.open(resource("presets", "reader.safetensors"))
    qtbot.waitUntil(lambda: "trained for 6 epochs" in program.status.saved.text())
    assert "test accuracy 99." in program.status.saved.text()


def test_a_test_of_earlier_weights_says_which(program: Program) -> None:
    end = Finished(3, 45, 1.0, 0.5, 0.9, 330, 2, True, message("Not fit to deploy yet."), weights_step=30)
    program.notices.show_end((end,))
    told = "Not fit to deploy yet. Tested were the weights of epoch 2, whose validation loss was the least."
    assert told in program.window.messages.texts()
    program.notices.show_end((end._replace(best_epoch=3, weights_step=45),))
    assert "Not fit to deploy yet." in program.window.messages.texts()


def test_the_bar_says_how_far_the_test_is(program: Program) -> None:
    progress = Progress()
    progress.add([Evaluating("test", 1200, 5000)])
    assert program.top._pace(RunState.TRAINING, progress) == "testing 1,200 of 5,000"


def test_weights_that_were_not_tested_are_not_said_to_be(program: Program) -> None:
    end = Finished(3, 45, 1.0, None, None, 330, 2, True, message("The test was stopped."), weights_step=30)
    program.notices.show_end((end,))
    assert "The test was stopped." in program.window.messages.texts()


def test_the_bar_says_which_score_was_tested_and_how_far_a_run_came(
    qtbot: QtBot, make_program: Callable[[], Program]
) -> None:
    program = make_program()
    program.start(None)
    qtbot.waitUntil(lambda: program.run.state is RunState.IDLE, timeout=60_000)
    stack, recipe = Stack(layers=(Linear(out_features=1),)), Recipe(loss=MSE(), epochs=9, batch_size=10)
    early = recipe.with_(stopping=EarlyStopping(patience=1), optimizer=SGD(lr=0.02))
    program.document.load(Experiment(data=Heights(), stack=stack, recipe=early), None)
    with qtbot.waitSignal(program.run.state_changed):
        program.run.train()
    qtbot.waitUntil(lambda: program.run.state is RunState.FINISHED, timeout=20_000)
    end = program.run.progress.finished
    assert end is not None
    assert end.epochs < 9
    assert program.top.pace.whole == f"test R² {percent_text(end.test_score)}"
    assert program.top.epoch.text() == f"epoch {end.epochs} / 9"
    assert "400 train · 100 validation · 1,000 test points" in program.top.summary._whole


def test_a_file_that_holds_no_weights_says_so(qtbot: QtBot, program: Program, answers: Any, tmp_path: Path) -> None:
    answers.path = tmp_path / "mine.playground"
    with qtbot.waitSignal(program.files.told):
        program.file_menu.save.trigger()
    assert program.status.figures.text().endswith("of weights")
    program.status.tell("told at length: " + 80 * "0")
    qtbot.waitUntil(lambda: program.status.figures.text().endswith("…"))  # it gives way, and says that it does
    assert program.status.figures.toolTip().endswith("of weights")
    program.status.tell("")
    assert program.status.saved.text() == "saved as mine.playground"
    program.run._set_state(RunState.FINISHED)
    assert program.status.saved.text() == "saved as mine.playground, without the trained weights"


@pytest.mark.parametrize("name", ["reset", "train", "stop", "step"])
def test_the_stack_has_the_keyboard_when_a_button_can_be_pressed_no_more(program: Program, name: str) -> None:
    button = getattr(program.top, name)
    button.set_pressable(True)
    button.setFocus()
    assert QApplication.focusWidget() is button
    button.set_pressable(False)
    assert QApplication.focusWidget() is program.stack
