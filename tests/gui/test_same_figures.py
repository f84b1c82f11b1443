"""A figure of a run reads the same wherever it stands: window, status line, tooltip, verdict, file and terminal."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot
from rich.console import Console

from playground.cli.terminal import Screen
from playground.engine.training.snapshots import Finished
from playground.gui.session.run_state import RunState
from playground.gui.start.program import Program
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.number_text import loss_text, parameters_text, percent_text
from playground.spec.recipe.losses import CrossEntropy
from playground.spec.recipe.recipe import Recipe

WRITTEN = 30_000  # milliseconds: legends are written four times a second
LOAD = 60_000  # milliseconds: importing torch, on a slow machine
SMALL = Experiment(
    name="Small",
    data=MNIST(train_limit=3_000, validation_share=0.1),
    stack=Stack(layers=(Flatten(), Linear(out_features=10))),
    recipe=Recipe(epochs=1, device="cpu", loss=CrossEntropy(label_smoothing=0.1)),
)


def in_terminal(experiment: Experiment, program: Program) -> str:
    """What a terminal would say of the run in the window."""
    text, end = io.StringIO(), program.run.progress.finished
    assert end is not None
    screen = Screen(Console(file=text, width=200, highlight=False, markup=False), experiment)
    run = program.results.curves.present
    assert run is not None
    for snapshot in (*run.epochs, end):
        screen.take(snapshot)
    screen.close(None)
    return text.getvalue()


def legends(program: Program) -> str:
    panel = program.results.curves
    return " ".join(
        entry.value for legend in (panel.plots.loss_legend, panel.plots.score_legend) for entry in legend.entries
    )


def test_figures_read_the_same_everywhere(qtbot: QtBot, program: Program, answers: Any, tmp_path: Path) -> None:
    program.document.load(SMALL, None)
    program.run.load_torch()
    qtbot.waitUntil(lambda: program.run.state is RunState.IDLE, timeout=LOAD)
    program.run.train()
    qtbot.waitUntil(lambda: program.run.state is RunState.FINISHED, timeout=LOAD)
    end = program.run.progress.finished
    assert isinstance(end, Finished)
    terminal, panel, size = in_terminal(SMALL, program), program.results.curves, str(parameters_text(end.parameters))
    score, loss, plain = percent_text(end.test_score), loss_text(end.test_loss), loss_text(end.test_plain_loss)
    qtbot.waitUntil(lambda: panel.plots.score_plot._test_words != "", timeout=LOAD)
    assert panel.plots.score_plot._test_words == f"test {score}"
    assert program.top.pace.whole == f"test accuracy {score}"
    assert f"test accuracy {score}, loss {loss} with label smoothing, {plain} without, {size}" in terminal
    assert score in str(end.verdict)
    assert str(end.verdict) in " ".join(program.window.messages.texts())
    assert panel.plots.loss_plot._test_words == f"test {loss} with label smoothing, {plain} without"
    assert size in program.status.figures.text()
    assert panel.present is not None
    epoch = panel.present.epochs[-1]
    qtbot.waitUntil(lambda: percent_text(epoch.validation_score) in legends(program), timeout=WRITTEN)
    assert loss_text(epoch.validation_loss) in legends(program)
    assert f"validation loss {loss_text(epoch.validation_loss)}" in terminal
    assert f"accuracy {percent_text(epoch.validation_score)}" in terminal

    answers.path = tmp_path / "small.safetensors"
    with qtbot.waitSignal(program.run.saved, timeout=LOAD):
        program.files.export_network()
    with qtbot.waitSignal(program.files.opened, timeout=LOAD):
        program.files.open(answers.path)
    qtbot.waitUntil(lambda: "trained for" in program.status.saved.text(), timeout=LOAD)
    assert program.status.saved.text() == f"Small: trained for 1 epoch, {end.step} steps · test accuracy {score}"
    assert program.top.pace.whole == f"test accuracy {score}"
    assert f"1 epoch, {end.step} steps" in program.top.pace.toolTip()
    assert f"test accuracy {score}, loss {loss} with label smoothing, {plain} without" in program.top.pace.toolTip()
    assert f"1 epoch, {end.step} steps" in terminal
