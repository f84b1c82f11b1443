"""The end of a run is said in the status line, and by the desktop to whoever does not see the window."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from playground.gui.session.run_state import RunState
from playground.gui.start.program import Program
from playground.gui.window.run_end import RunEnd
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.recipe import Recipe

SMALL = Experiment(
    name="small",
    data=MNIST(train_limit=600, validation_share=0.01),
    stack=Stack(layers=(Flatten(), Linear(out_features=10))),
    recipe=Recipe(optimizer=SGD(lr=0.1), batch_size=30, epochs=2),
)
LOAD = 60_000  # milliseconds: importing torch, on a slow machine


class Heard:
    """Keeps the notifications."""

    def __init__(self) -> None:
        self.notes: list[tuple[str, str]] = []

    def show(self, title: str, text: str) -> None:
        self.notes.append((title, text))


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def end(program: Program, heard: Heard, qtbot: QtBot) -> RunEnd:
    """What follows the run of a program that is ready to train `SMALL`; each run counts as a long one."""
    made = RunEnd(program.run, program.status, program.window, heard, program)
    made.long = 0.0
    program.document.load(SMALL, None)
    program.run.load_torch()
    qtbot.waitUntil(lambda: program.run.state is RunState.IDLE, timeout=LOAD)
    return made


def train(program: Program, qtbot: QtBot, end: RunState = RunState.FINISHED) -> str:
    """Train to the end, and return what the status line says then."""
    program.run.train()
    qtbot.waitUntil(lambda: program.run.state is end, timeout=LOAD)
    return program.status.saved.text()


def test_whoever_looks_elsewhere_is_told(program: Program, end: RunEnd, heard: Heard, qtbot: QtBot) -> None:
    program.window.showMinimized()
    text = train(program, qtbot)
    assert text.startswith("Trained for 2 epochs in 0:0")
    assert " · test accuracy " in text
    assert heard.notes == [("small", text)]


def test_whoever_sees_the_window_is_told_there(program: Program, end: RunEnd, heard: Heard, qtbot: QtBot) -> None:
    program.window.activateWindow()
    with qtbot.waitActive(program.window):
        pass
    assert train(program, qtbot).startswith("Trained for 2 epochs")
    assert not heard.notes


def test_a_short_run_is_told_in_the_window_alone(program: Program, end: RunEnd, heard: Heard, qtbot: QtBot) -> None:
    end.long = 1000.0
    program.window.showMinimized()
    assert train(program, qtbot).startswith("Trained for 2 epochs")
    assert not heard.notes


def test_a_run_that_diverges_is_told_too(program: Program, end: RunEnd, heard: Heard, qtbot: QtBot) -> None:
    program.document.load(SMALL.with_(recipe=SMALL.recipe.with_(loss=MSE(), optimizer=SGD(lr=100.0), epochs=50)), None)
    program.window.showMinimized()
    assert train(program, qtbot, RunState.DIVERGED).startswith("Diverged at step ")
    assert len(heard.notes) == 1


def test_an_opened_network_has_not_just_ended(program: Program, end: RunEnd, heard: Heard, qtbot: QtBot) -> None:
    program.window.showMinimized()
    train(program, qtbot)
    heard.notes.clear()
    program.run.state_changed.emit(RunState.TRAINING)
    program.run.cleared.emit()  # another network takes its place while it is trained
    program.run.state_changed.emit(RunState.FINISHED)
    assert not heard.notes
    assert "Trained for" not in program.status.saved.text()
