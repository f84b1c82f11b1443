"""The weights that an exported program saved are put into the network that is shown, if they fit."""

from __future__ import annotations

import sys
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
import torch
from pytestqt.qtbot import QtBot
from safetensors.torch import load_file
from torch import nn

from playground.cli.main import main
from playground.gui.session.run_state import RunState
from playground.gui.start.program import Program
from playground.gui.window.weights_dialog import WeightsDialog
from playground.spec.edits import Set
from playground.spec.files.presets import preset
from playground.spec.layer import Stack
from playground.spec.layers.activation import Tanh
from playground.spec.layers.dense import Linear
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


def asked(qtbot: QtBot, program: Program) -> WeightsDialog:
    """The dialog that shows what fits, before anything is taken."""
    qtbot.waitUntil(lambda: program.exports.weights.dialog is not None, timeout=LOAD)
    dialog = program.exports.weights.dialog
    assert dialog is not None
    return dialog


def column(dialog: WeightsDialog, number: int) -> list[str]:
    model = dialog.table.model()
    return [str(model.index(row, number).data()) for row in range(model.rowCount())]


def test_of_those_of_another_network_none_fits_and_all_stays(qtbot: QtBot, ready: Program, weights: Path) -> None:
    ready.document.load(preset("iris").experiment, None)
    ready.files.open(weights)
    dialog = asked(qtbot, ready)
    assert column(dialog, 3)[:2] == [
        "not used: “0.bias” of the stack is 16",
        "not used: “0.weight” of the stack is 16 × 4",
    ]
    assert all(words.startswith("not used: ") for words in column(dialog, 3))
    assert not dialog.take.isEnabled()
    dialog.reject()
    assert ready.run.state is RunState.IDLE
    assert ready.document.experiment == preset("iris").experiment


def test_a_run_goes_on_until_they_are_taken(qtbot: QtBot, ready: Program, weights: Path) -> None:
    ready.document.load(preset("spiral").experiment, None)
    with qtbot.waitSignal(ready.run.snapshots):
        ready.run.train()
    ready.files.open(weights)
    asked(qtbot, ready).reject()
    assert ready.run.has_network
    assert not ready.run.pretrained


def test_a_window_that_begins_with_them_shows_what_fits(qtbot: QtBot, program: Program, weights: Path) -> None:
    program.begin(weights)
    assert not asked(qtbot, program).take.isEnabled()


def test_those_of_another_program_are_matched_shown_and_taken(
    qtbot: QtBot, ready: Program, tmp_path: Path, answers: Any
) -> None:
    torch.manual_seed(0)
    theirs = nn.Sequential(OrderedDict(one=nn.Linear(2, 8), bend=nn.Tanh(), two=nn.Linear(8, 8), end=nn.Linear(8, 5)))
    path = tmp_path / "theirs.pt"
    torch.save({"epoch": 3, "model_state_dict": nn.DataParallel(theirs).state_dict()}, path)
    stack = Stack(layers=(Linear(out_features=8), Tanh(), Linear(out_features=8), Tanh(), Linear(out_features=1)))
    ready.document.load(preset(EXPORTED).experiment.with_(stack=stack), None)
    before = ready.document.experiment
    ready.files.open(path)
    dialog = asked(qtbot, ready)
    assert column(dialog, 0) == [f"{name}.{own}" for name in ("one", "two", "end") for own in ("weight", "bias")]
    assert column(dialog, 3)[:2] == ["1 Linear  ·  0.weight", "1 Linear  ·  0.bias"]
    assert column(dialog, 3)[5] == "not used: no layer has a tensor of this shape"
    assert "2 of 3 layers get all their weights, matched by order and shape. Weights remain random in: 5 Linear." in (
        dialog.summary.text()
    )
    assert ready.run.state is RunState.IDLE  # nothing was taken yet
    with qtbot.waitSignal(ready.run.opened):
        dialog.take.click()
    assert ready.document.experiment is before
    assert ready.run.weights is not None
    found = ready.run.weights.tensors
    assert found["0.weight"].equal(theirs.one.weight)
    assert found["2.bias"].equal(theirs.two.bias)
