"""Documents that were not saved are offered one after another, and only the person discards one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from playground.gui.session.recovery import Offer
from playground.gui.start.program import Program
from playground.gui.style.dialogs import Answer
from playground.gui.window.message_bar import MessageBar
from playground.gui.window.recovery_offers import KEY
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import read_experiment, write_experiment
from playground.spec.files.recovery_file import DOCUMENT, Recovery, RecoveryFolder, default_folder
from tests.gui.session.edits import rename


def leave_behind(name: str, path: Path | None = None, saved: Experiment | None = None, **more: Any) -> Path:
    time = datetime(2026, 1, 1, len(list(default_folder().glob("*"))), tzinfo=UTC)
    folder = RecoveryFolder.new(default_folder())
    folder.write(Recovery(Experiment(name=name), path, saved=saved, time=time, **more))
    folder.release()
    return folder.path


def offer(program: Program) -> str:
    """The offer that stands, or nothing."""
    bar = program.window.messages._bars.get(KEY)
    return bar.label.words if bar else ""


def press(program: Program, words: str) -> None:
    bar = program.window.messages._bars[KEY]
    next(button for button in bar.findChildren(QPushButton) if button.text() == words).click()


@pytest.fixture
def looked(qtbot: QtBot, program: Program) -> Callable[[], Program]:
    """Lets the program look for documents of dead windows."""

    def look() -> Program:
        with qtbot.waitSignal(program.recovery.found):
            program.recovery.look(None)
        return program

    return look


def test_a_recovered_document_is_modified_and_is_saved_in_its_file(
    qtbot: QtBot, looked: Callable[[], Program], answers: Any, tmp_path: Path
) -> None:
    path = tmp_path / "mine.playground"
    write_experiment(Experiment(name="Saved"), path)
    folder = leave_behind("Mine", path, Experiment(name="Saved"))
    program = looked()
    assert offer(program) == "“Mine” was not saved when Playground ended."
    press(program, "Recover")
    assert program.document.experiment.name == "Mine"
    assert program.window.isWindowModified()
    assert (folder / DOCUMENT).exists()
    assert not offer(program)
    with qtbot.waitSignal(program.files.told):
        program.file_menu.save.trigger()
    assert not answers.asked
    assert read_experiment(path).name == "Mine"
    qtbot.waitUntil(lambda: not list(default_folder().iterdir()))


def test_a_discarded_one_is_deleted_and_the_next_is_offered(looked: Callable[[], Program]) -> None:
    paths = [leave_behind(name) for name in ("One", "Two")]
    program = looked()
    assert "Two" in offer(program)
    press(program, "Discard")
    assert not paths[1].exists()
    assert "One" in offer(program)
    press(program, "Discard")
    assert not list(default_folder().iterdir())
    assert not offer(program)


def test_one_that_is_dismissed_is_kept_for_the_next_start(
    qtbot: QtBot, program: Program, looked: Callable[[], Program], make_program: Callable[[], Program]
) -> None:
    for name in ("One", "Two"):
        leave_behind(name)
    found: list[Offer] = []
    program.recovery.found.connect(lambda offers, _refusals: found.extend(offers))
    looked()
    program.window.messages.findChild(MessageBar).closer.click()
    assert "One" in offer(program)
    program.window.close()
    program.close()
    for item in found:
        assert item.folder is not None
        item.folder.release()  # as the end of the process does
    again = make_program()
    with qtbot.waitSignal(again.recovery.found):
        again.recovery.look(None)
    assert "Two" in offer(again)


@pytest.mark.parametrize("answer", list(Answer))
def test_unsaved_changes_of_this_window_are_asked_about_first(
    qtbot: QtBot, looked: Callable[[], Program], answers: Any, tmp_path: Path, answer: Answer
) -> None:
    leave_behind("Dead")
    program = looked()
    rename(program, "Living")
    answers.unsaved_answer, answers.path = answer, tmp_path / "living.playground"
    press(program, "Recover")
    if answer is Answer.CANCEL:
        assert program.document.experiment.name == "Living"
        assert "Dead" in offer(program)
    else:
        qtbot.waitUntil(lambda: program.document.experiment.name == "Dead")
        assert not offer(program)
    assert answers.path.exists() is (answer is Answer.SAVE)


def test_a_run_that_went_on_is_announced(qtbot: QtBot, looked: Callable[[], Program]) -> None:
    leave_behind("Mine", modified=False, run_id="a run")
    program = looked()
    assert offer(program) == "“Mine” was being trained when Playground ended."
    with qtbot.waitSignal(program.offers.recovered) as announced:
        press(program, "Recover")
    assert announced.args[0].run_id == "a run"
    assert not program.document.modified


def test_a_damaged_one_is_said_and_the_others_are_offered(looked: Callable[[], Program]) -> None:
    (leave_behind("Damaged") / DOCUMENT).write_bytes(b"{")
    leave_behind("Whole")
    program = looked()
    assert "Whole" in offer(program)
    assert any("cannot be recovered" in text for text in program.window.messages.texts())


def test_other_messages_do_not_displace_an_offer(looked: Callable[[], Program]) -> None:
    leave_behind("Mine")
    program = looked()
    for number in range(5):
        program.window.messages.show_message(str(number), "hint", "Something else.")
    assert "Mine" in offer(program)


def test_closing_the_window_leaves_no_file(qtbot: QtBot, program: Program, answers: Any) -> None:
    rename(program, "Mine")
    qtbot.waitUntil(lambda: bool(list(default_folder().glob(f"*/{DOCUMENT}"))))
    answers.unsaved_answer = Answer.DISCARD
    program.window.close()
    program.close()
    assert not list(default_folder().iterdir())


def test_a_window_that_ends_without_being_closed_keeps_its_changes(program: Program) -> None:
    rename(program, "Mine")
    program.close()
    (path,) = default_folder().glob(f"*/{DOCUMENT}")
    assert RecoveryFolder(path.parent).read().experiment.name == "Mine"
