"""What has no block to stand on is said under the recipe, with what mends it, and goes when it no longer holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from playground.gui.stack.block import DATA
from playground.gui.start.program import Program
from playground.gui.style.translation import explained, translated
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.points import Heights
from playground.spec.edits import Set
from playground.spec.files.experiment_file import read_experiment, write_experiment
from playground.spec.files.presets import preset
from playground.spec.messages import message
from playground.spec.recipe.augmentations import Mixup
from playground.spec.recipe.losses import MSE, CrossEntropy, Huber
from playground.spec.recipe.recipe import EarlyStopping


def put(program: Program, place: tuple[str, ...], value: object) -> None:
    program.document.do(Set(place, value, message("Set")))


def said(program: Program) -> tuple[str, ...]:
    return program.window.messages.texts()


def press(program: Program, words: str) -> None:
    buttons = program.window.messages.findChildren(QPushButton)
    next(button for button in buttons if button.text() == words and button.isVisible()).click()


def test_a_loss_that_does_not_fit_is_explained_and_mended(qtbot: QtBot, program: Program) -> None:
    qtbot.waitUntil(lambda: program.recipe is not None)
    assert program.recipe is not None
    put(program, ("data",), Heights())
    press(program, "Adapt the network to 2-D regression")
    assert said(program) == ()
    put(program, ("recipe", "loss"), CrossEntropy())
    (problem,) = program.document.problems
    assert said(program) == (explained(problem),)
    assert any(explained(problem) in label.toolTip() for label in program.recipe.cell("loss").findChildren(QLabel))
    program.window.messages.dismiss("recipe")
    program.top.problem_pressed.emit()
    assert said(program) == (explained(problem),)
    assert problem.fix is not None
    press(program, translated(problem.fix.label))
    assert isinstance(program.document.experiment.recipe.loss, MSE)
    assert said(program) == ()


def test_what_is_adapted_is_saved_to_a_file_of_its_own(
    qtbot: QtBot, program: Program, answers: Any, tmp_path: Path
) -> None:
    path = tmp_path / "mine.playground"
    before = preset("first-network").experiment
    write_experiment(before, path)
    with qtbot.waitSignal(program.files.opened):
        program.files.open(path)
    assert "mine.playground" in program.window.windowTitle()
    put(program, ("data",), Heights())
    press(program, "Adapt the network to 2-D regression")
    assert program.window.windowTitle() == "First network on 2-D regression[*] – Playground"
    assert program.window.isWindowModified()
    answers.path = tmp_path / "adapted.playground"
    with qtbot.waitSignal(program.files.told):
        program.files.save()
    assert answers.asked == ["First network on 2-D regression.playground"]
    assert read_experiment(path) == before
    assert read_experiment(answers.path) == program.document.experiment
    assert "adapted.playground" in program.window.windowTitle()


def test_what_is_no_longer_adapted_is_again_what_its_file_is_for(program: Program, tmp_path: Path) -> None:
    document = program.document
    document.load(preset("first-network").experiment, tmp_path / "mine.playground")
    put(program, ("data",), Heights())
    press(program, "Adapt the network to 2-D regression")
    assert document.path is None
    document.undo_stack.undo()
    assert document.path == tmp_path / "mine.playground"
    assert "mine.playground" in program.window.windowTitle()
    document.undo_stack.redo()
    assert document.path is None
    document.undo_stack.undo()
    put(program, ("seed",), 4)
    assert document.path == tmp_path / "mine.playground"


def test_problems_of_the_recipe_are_said_one_after_another(program: Program) -> None:
    put(program, ("data",), Heights())
    press(program, "Adapt the network to 2-D regression")
    put(program, ("recipe", "loss"), CrossEntropy())
    put(program, ("recipe", "augmentations"), (Mixup(),))
    first, second = program.document.problems
    assert said(program) == (explained(first),)
    put(program, ("recipe", "loss"), Huber())
    assert said(program) == (explained(second),)
    program.document.undo_stack.undo()
    assert said(program) == (explained(first),)


def test_what_adapting_mends_is_said_once(program: Program) -> None:
    put(program, ("data",), Heights())
    assert {problem.part for problem in program.document.problems} == {"stack", "recipe"}
    assert said(program) == ("This network was made for other data than 2-D regression.",)


def test_who_does_not_want_to_adapt_hears_what_is_wrong_with_the_recipe(program: Program) -> None:
    put(program, ("data",), Heights())
    (fix,) = (problem.fix for problem in program.document.problems if problem.part == "stack")
    assert fix is not None
    program.document.mend(fix)
    program.window.messages.dismiss("adapt")
    assert said(program) == ()
    program.top.problem_pressed.emit()
    (problem,) = program.document.problems
    assert said(program) == (explained(problem),)


def test_pressing_the_count_leads_to_the_data(program: Program) -> None:
    put(program, ("data",), MNIST(validation_share=0.0))
    put(program, ("recipe", "stopping"), EarlyStopping())
    (problem,) = program.document.problems
    assert problem.part == "data"
    program.top.problem_pressed.emit()
    assert program.stack.current_path() == DATA


def test_whoever_has_begun_needs_no_hint(program: Program) -> None:
    program.window.messages.show_message("hint", "hint", "Press Train.")
    put(program, ("recipe", "epochs"), 3)
    assert said(program) == ()


def test_a_verdict_goes_when_the_experiment_departs_from_what_it_was_said_of(program: Program) -> None:
    program.window.messages.show_message("verdict", "hint", "Not fit to deploy yet.")
    program.run.stale_changed.emit(False)
    assert said(program) == ("Not fit to deploy yet.",)
    program.run.stale_changed.emit(True)
    assert said(program) == ()
