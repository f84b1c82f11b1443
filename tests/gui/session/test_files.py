"""Files are read and written in threads of their own, and yet in the order in which they were asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from pytestqt.qtbot import QtBot

from playground.gui.session.background import Background
from playground.gui.start.program import Program
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import write_experiment
from playground.spec.files.presets import preset
from playground.spec.messages import message


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
    reading, saving = program._frame.reading, program._frame.saving
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
    reading, saving = program._frame.reading, program._frame.saving
    getattr(program._frame, held).do(gate.wait)
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
