"""What to try is said above the stack, comes with another experiment only, and stays away once it was closed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.gui.start.program import Program
from playground.gui.window.main_window import Region
from playground.spec.data.table_summary import TableFile
from playground.spec.datasets.mnist import MNIST
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import write_experiment
from playground.spec.files.presets import empty, preset
from playground.spec.messages import message


def test_it_comes_with_a_preset_above_the_stack_and_leaves_the_keyboard_where_it_is(
    qtbot: QtBot, program: Program
) -> None:
    assert not program.note.isVisible()
    program.stack.setFocus()
    program.files.new(preset("lenet-5"))
    assert program.note.isVisible()
    assert program.note.label.text().startswith("Try: exchange Tanh for ReLU")
    assert program.window.focusWidget() is program.stack
    stack = program.window.part(Region.STACK)
    qtbot.waitUntil(
        lambda: program.note.mapTo(program.window, program.note.rect().bottomLeft()).y() < top(stack, program)
    )


def top(part: object, program: Program) -> int:
    return part.mapTo(program.window, part.rect().topLeft()).y()  # type: ignore[attr-defined, no-any-return]


def test_nothing_moves_while_a_person_works(program: Program) -> None:
    program.files.new(preset("lenet-5"))
    QApplication.processEvents()
    before = top(program.stack, program)
    program.document.do(Set(("seed",), 5, message("Set")))
    program.document.undo_stack.undo()
    QApplication.processEvents()
    assert top(program.stack, program) == before


def test_closed_it_stays_away_from_this_experiment_also_after_a_new_start(
    program: Program, make_program: Callable[[], Program]
) -> None:
    program.files.new(preset("lenet-5"))
    program.note.closer.click()
    assert not program.note.isVisible()
    program.files.new(preset("textbook"))
    assert program.note.isVisible()
    program.files.new(preset("lenet-5"))
    assert not program.note.isVisible()
    other = make_program()
    other.window.show()
    other.files.new(preset("lenet-5"))
    assert not other.note.isVisible()
    other.files.new(empty())
    assert other.note.isVisible()


def test_it_goes_with_the_description(program: Program) -> None:
    program.files.new(preset("lenet-5"))
    program.document.do(Set(("about",), "", message("Set")))
    assert not program.note.isVisible()
    program.document.undo_stack.undo()
    assert not program.note.isVisible()  # it comes with another experiment only


def test_a_file_without_a_suggestion_has_none(qtbot: QtBot, program: Program, tmp_path: Path) -> None:
    write_experiment(Experiment(about="Mine.\n\nNothing to do."), tmp_path / "a.playground")
    with qtbot.waitSignal(program.files.opened):
        program.files.open(tmp_path / "a.playground")
    assert not program.note.isVisible()


def test_it_goes_when_the_data_become_others(program: Program) -> None:
    program.files.new(preset("iris"))
    data = program.document.experiment.data
    program.document.do(Set(("data",), data.with_(split_seed=2), message("Set")))  # what it suggests
    assert program.note.isVisible()
    program.document.do(Set(("data",), MNIST(), message("Set")))
    assert not program.note.isVisible()
    program.files.new(preset("iris"))
    program.document.do(Set(("data",), data.with_(source=TableFile(path="/nowhere/other.csv")), message("Set")))
    assert not program.note.isVisible()
