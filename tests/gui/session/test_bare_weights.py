"""The weights that an exported program saved are put into the network that is shown, if they are its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from safetensors.torch import load_file

from playground.cli.main import main
from playground.gui.session.run_state import RunState
from playground.gui.start.program import Program
from playground.spec.edits import Set
from playground.spec.files.presets import preset
from playground.spec.messages import Message, message

LOAD = 60_000  # milliseconds that torch may take to be imported
EXPORTED = "xor"  # the preset whose program is run


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the exported program of a preset saves after one epoch."""
    path = tmp_path_factory.mktemp("exported") / "trained.safetensors"
    with pytest.MonkeyPatch.context() as patch, pytest.MonkeyPatch.context() as printing:
        program = path.with_suffix(".py")
        with program.open("w", encoding="utf-8") as out:
            printing.setattr(sys, "stdout", out)
            assert main(["code", EXPORTED]) == 0
            printing.undo()
        names: dict[str, Any] = {"__name__": "exported"}
        exec(compile(program.read_text(encoding="utf-8"), str(program), "exec"), names)
        names["EPOCHS"] = 1
        patch.setattr(sys, "argv", [str(program), "--device", "cpu", "--out", str(path)])
        names["main"]()
    return path


@pytest.fixture
def ready(qtbot: QtBot, program: Program) -> Program:
    """A program with torch in it, that shows the experiment which was exported, edited."""
    with qtbot.waitSignal(program.run.state_changed, timeout=LOAD):
        program.run.load_torch()
    program.document.load(preset(EXPORTED).experiment, None)
    program.document.do(Set(("seed",), 7, message("Change the seed")))
    return program


def told(program: Program) -> list[Message]:
    """What the window says from now on."""
    found: list[Message] = []
    program.files.told.connect(found.append)
    program.files.failed.connect(found.append)
    program.run.failed.connect(found.append)
    return found


def test_they_are_put_into_the_network_that_is_shown(qtbot: QtBot, ready: Program, weights: Path, answers: Any) -> None:
    before = ready.document.experiment
    words = told(ready)
    with qtbot.waitSignal(ready.files.told):
        ready.files.open(weights)
    assert ready.document.experiment is before
    assert ready.document.undo_stack.canUndo()  # nothing of the editing is lost
    assert not answers.asked
    assert (ready.run.state, ready.run.stale, ready.run.pretrained) == (RunState.FINISHED, False, True)
    assert ready.run.weights is not None
    assert all(tensor.equal(ready.run.weights.tensors[name]) for name, tensor in load_file(weights).items())
    assert str(words[-1]) == "XOR: weights loaded, training and figures unknown"
    assert ready.top.pace.whole == "training and figures unknown"


def test_what_is_saved_then_is_opened_again(qtbot: QtBot, ready: Program, weights: Path, tmp_path: Path) -> None:
    with qtbot.waitSignal(ready.files.told):
        ready.files.open(weights)
    whole = tmp_path / "whole.safetensors"
    with qtbot.waitSignal(ready.run.saved):
        ready.run.save(whole)
    ready.document.load(preset("iris").experiment, None)
    with qtbot.waitSignal(ready.run.opened):
        ready.files.open(whole)
    assert ready.document.experiment.stack == preset(EXPORTED).experiment.stack
    assert ready.top.pace.whole == "training and figures unknown"


def test_those_of_another_network_are_refused_and_all_stays(qtbot: QtBot, ready: Program, weights: Path) -> None:
    ready.document.load(preset("iris").experiment, None)
    words = told(ready)
    with qtbot.waitSignal(ready.run.failed):
        ready.files.open(weights)
    assert f"“{weights}” was not opened." in str(words[-1])
    assert "network of “Iris” cannot use them. The tensor “0.weight” should be F32 [" in str(words[-1])
    assert ready.run.state is RunState.IDLE
    assert ready.document.experiment == preset("iris").experiment


def test_a_run_goes_on_where_they_are_refused(qtbot: QtBot, ready: Program, weights: Path) -> None:
    ready.document.load(preset("spiral").experiment, None)
    with qtbot.waitSignal(ready.run.snapshots):
        ready.run.train()
    with qtbot.waitSignal(ready.run.failed):
        ready.files.open(weights)
    assert ready.run.has_network


def test_a_window_that_begins_with_them_has_read_no_experiment(qtbot: QtBot, program: Program, weights: Path) -> None:
    with qtbot.waitSignal(program.run.failed, timeout=LOAD) as heard:
        program.begin(weights)
    assert "network of “First network” cannot use them" in str(heard.args[0])
