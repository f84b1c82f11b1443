"""Files are read and written in threads of their own, and yet in the order in which they were asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from playground.gui.session.background import Background
from playground.gui.session.run_state import RunState
from playground.gui.start.program import Program
from playground.gui.style.dialogs import Answer, Conflict
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import read_experiment, write_experiment
from playground.spec.files.presets import preset
from playground.spec.files.resources import resource
from playground.spec.messages import message
from tests.gui.session.edits import rename


@pytest.fixture
def gate() -> Iterator[Event]:
    """What a thread may be made to wait for; it is opened at the end."""
    made = Event()
    yield made
    made.set()


@pytest.fixture
def done_with(qtbot: QtBot) -> Callable[[Background], None]:
    """Waits until a thread has done what it was given."""

    def wait(thread: Background) -> None:
        with qtbot.waitSignal(thread.do(int).done):
            pass

    return wait


def test_what_is_opened_while_it_is_saved_is_read_once_it_is_written(
    qtbot: QtBot, program: Program, gate: Event, tmp_path: Path, done_with: Callable[[Background], None]
) -> None:
    path = tmp_path / "mine.playground"
    write_experiment(Experiment(name="Before"), path)
    program.document.load(Experiment(name="Before"), path)
    program.document.do(Set(("name",), "After", message("Rename")))
    reading, saving = program._shell.reading, program._shell.saving
    saving.do(gate.wait)
    program.files.save()
    program.files.open(path)
    done_with(reading)
    with qtbot.waitSignal(program.files.opened):
        gate.set()
    assert program.document.experiment.name == "After"
    assert not program.document.modified


@pytest.mark.parametrize("held", ["saving", "reading"])
def test_what_is_read_too_late_does_not_take_the_place_of_what_was_chosen_since(
    program: Program, gate: Event, tmp_path: Path, held: str, done_with: Callable[[Background], None]
) -> None:
    path = tmp_path / "late.playground"
    write_experiment(Experiment(name="Late"), path)
    reading, saving = program._shell.reading, program._shell.saving
    getattr(program._shell, held).do(gate.wait)
    program.files.open(path)
    if held == "reading":
        done_with(saving)
    program.files.new(preset("textbook"))
    gate.set()
    done_with(saving)
    done_with(reading)
    assert program.document.experiment == preset("textbook").experiment


def test_what_other_threads_are_at_keeps_no_file_waiting(
    qtbot: QtBot, program: Program, gate: Event, tmp_path: Path
) -> None:
    path = tmp_path / "mine.playground"
    write_experiment(Experiment(name="Mine"), path)
    program.background.do(gate.wait)
    with qtbot.waitSignal(program.files.opened):
        program.files.open(path)
    assert program.document.experiment.name == "Mine"


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


@pytest.fixture
def changed_elsewhere(qtbot: QtBot, program: Program, tmp_path: Path) -> Path:
    """A file that is open, edited here, and then written by another window."""
    path = tmp_path / "shared.playground"
    write_experiment(Experiment(name="Opened"), path)
    with qtbot.waitSignal(program.files.opened):
        program.files.open(path)
    rename(program, "Here")
    write_experiment(Experiment(name="Elsewhere"), path)
    return path


@pytest.mark.parametrize(
    ("conflict", "name", "elsewhere"),
    [(Conflict.OVERWRITE, "Here", None), (Conflict.CANCEL, "Elsewhere", None), (Conflict.SAVE_AS, "Elsewhere", "Here")],
)
def test_a_file_that_was_changed_elsewhere_is_not_overwritten_unasked(
    qtbot: QtBot,
    program: Program,
    answers: Any,
    changed_elsewhere: Path,
    conflict: Conflict,
    name: str,
    elsewhere: str | None,
) -> None:
    answers.conflict, answers.path = conflict, changed_elsewhere.with_name("other.playground")
    program.files.save()
    qtbot.waitUntil(lambda: changed_elsewhere.name in answers.asked)
    qtbot.waitUntil(lambda: program.document.modified is (conflict is Conflict.CANCEL))
    assert read_experiment(changed_elsewhere).name == name
    assert answers.path.exists() is (conflict is Conflict.SAVE_AS)
    if elsewhere is not None:
        assert read_experiment(answers.path).name == elsewhere
        assert program.document.path == answers.path


def test_a_file_that_is_no_experiment_any_more_is_not_overwritten_unasked(
    qtbot: QtBot, program: Program, answers: Any, changed_elsewhere: Path
) -> None:
    changed_elsewhere.write_text("notes")
    program.files.save()
    qtbot.waitUntil(lambda: changed_elsewhere.name in answers.asked)
    assert changed_elsewhere.read_text() == "notes"


def test_own_saves_in_a_row_ask_nothing(qtbot: QtBot, program: Program, answers: Any, tmp_path: Path) -> None:
    path = tmp_path / "mine.playground"
    write_experiment(Experiment(name="Opened"), path)
    with qtbot.waitSignal(program.files.opened):
        program.files.open(path)
    for name in ("One", "Two", "Three"):  # the second is asked for before the first is written
        rename(program, name)
        program.files.save()
    qtbot.waitUntil(lambda: not program.document.modified)
    assert read_experiment(path).name == "Three"
    path.unlink()
    rename(program, "Four")
    program.files.save()
    qtbot.waitUntil(lambda: not program.document.modified)
    assert read_experiment(path).name == "Four"
    assert not answers.asked
