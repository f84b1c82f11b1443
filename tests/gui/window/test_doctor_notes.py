"""What the doctor finds is shown with the edit that mends it, and goes with the run."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from playground.engine.doctor.finding import Finding
from playground.engine.training.snapshots import Diverged
from playground.gui.session.run_state import RunState
from playground.gui.start.program import Program
from playground.spec.edits import Set
from playground.spec.files.presets import preset
from playground.spec.messages import message
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.optimizers import SGD

LOAD = 60_000  # milliseconds


def ready(qtbot: QtBot, program: Program) -> list[Finding]:
    found: list[Finding] = []
    program.run.found.connect(found.append)
    program.run.load_torch()
    qtbot.waitUntil(lambda: program.run.state is RunState.IDLE, timeout=LOAD)
    return found


def texts(program: Program) -> list[str]:
    return list(program.window.messages.texts())


def test_a_learning_rate_that_is_too_high_is_told_and_mended(qtbot: QtBot, program: Program) -> None:
    found = ready(qtbot, program)
    program.document.load(preset("too-high-learning-rate").experiment, None)
    program.run.train()
    qtbot.waitUntil(lambda: found != [], timeout=LOAD)
    assert found[0].id == "learning_rate_too_high"
    assert found[0].fix is not None
    assert str(found[0].sentence) in texts(program)
    before = program.document.experiment
    buttons = program.window.messages.findChildren(QPushButton)
    next(button for button in buttons if button.text() == str(found[0].fix.label)).click()
    assert program.document.experiment == found[0].fix.apply(before)
    assert str(found[0].sentence) not in texts(program)
    program.document.undo_stack.undo()
    assert program.document.experiment == before
    program.run.reset()
    assert not {str(item.sentence) for item in found} & set(texts(program))


def test_a_divergence_is_told_once_with_the_edit(qtbot: QtBot, program: Program) -> None:
    found = ready(qtbot, program)
    experiment = preset("textbook").experiment
    recipe = experiment.recipe.with_(optimizer=SGD(lr=100.0), loss=MSE())
    program.document.load(experiment.with_(recipe=recipe), None)
    program.run.train()
    qtbot.waitUntil(lambda: program.run.state is RunState.DIVERGED, timeout=LOAD)
    diverged = program.run.progress.diverged
    assert isinstance(diverged, Diverged)
    qtbot.waitUntil(lambda: any(item.sentence == diverged.message for item in found), timeout=LOAD)
    assert texts(program).count(str(diverged.message)) == 1
    of_the_rate = {str(item.sentence) for item in found if item.id == "learning_rate_too_high"}
    assert of_the_rate & set(texts(program)) == {str(diverged.message)}  # what was said before is no longer there


def test_findings_of_a_run_that_no_longer_fits_go(qtbot: QtBot, program: Program) -> None:
    found = ready(qtbot, program)
    program.document.load(preset("too-high-learning-rate").experiment, None)
    program.run.train()
    qtbot.waitUntil(lambda: found != [], timeout=LOAD)
    program.document.do(Set(("recipe", "batch_size"), 7, message("batch")))
    assert str(found[0].sentence) not in texts(program)
