"""The bar on top says how far a run came, and hands the keyboard on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.engine.training.snapshots import Evaluating
from playground.gui.session.progress import Progress
from playground.gui.session.run_state import RunState
from playground.gui.start.program import Program
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.points import Heights
from playground.spec.edits import Insert, Set
from playground.spec.experiment import Experiment
from playground.spec.first_experiment import first_experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.messages import message
from playground.spec.number_text import percent_text
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.recipe import EarlyStopping, Recipe


def test_the_bar_says_how_far_the_test_is(program: Program) -> None:
    progress = Progress()
    progress.add([Evaluating("test", 1200, 5000)])
    assert program.top._pace(RunState.TRAINING, progress) == "testing 1,200 of 5,000"


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

    # An edit of what was trained is told from another network, for other data: that was never trained.
    program.document.do(Insert((0,), (Linear(out_features=3),)))
    assert program.top.pace.whole == "changed: Train starts over"
    other = first_experiment(MNIST())
    label = message("Choose digits")
    program.document.do_all(label, [Set((part,), getattr(other, part), label) for part in ("data", "stack", "recipe")])
    assert not program.document.problems
    assert program.run.stale
    assert program.top.pace.whole == ""
    program.document.undo_stack.undo()
    assert program.top.pace.whole == "changed: Train starts over"


def test_the_bar_says_how_far_an_opened_run_came_though_another_had_finished(qtbot: QtBot, program: Program) -> None:
    program.runs.open()
    program.run.load_torch()
    qtbot.waitUntil(lambda: program.run.state is RunState.IDLE, timeout=60_000)
    recipe = Recipe(loss=MSE(), epochs=4, batch_size=100)
    program.document.load(
        Experiment(data=Heights(), stack=Stack(layers=(Linear(out_features=1),)), recipe=recipe), None
    )
    with qtbot.waitSignal(program.run.state_changed):
        program.run.train()
    qtbot.waitUntil(lambda: program.run.state is RunState.FINISHED, timeout=20_000)
    assert program.run.run_id is not None
    with qtbot.waitSignal(program.run.opened, timeout=20_000):
        program.run.open_run(program.run.run_id)
    qtbot.waitUntil(lambda: program.run.carried is not None)
    assert program.run.state is RunState.FINISHED
    assert program.top.epoch.text() == "epoch 4 / 4"
    assert program.top.bar.value() == 1000


@pytest.mark.parametrize("name", ["reset", "train", "stop", "step"])
def test_the_stack_has_the_keyboard_when_a_button_can_be_pressed_no_more(program: Program, name: str) -> None:
    button = getattr(program.top, name)
    button.set_pressable(True)
    button.setFocus()
    assert QApplication.focusWidget() is button
    button.set_pressable(False)
    assert QApplication.focusWidget() is program.stack
