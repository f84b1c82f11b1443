"""The line below says what a file of weights was trained for, and what was saved without weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from playground.gui.session.run_state import RunState
from playground.gui.start.program import Program
from playground.spec.files.resources import resource


def test_what_a_network_file_says_of_its_training_is_told(qtbot: QtBot, program: Program) -> None:
    program.run.load_torch()
    with qtbot.waitSignal(program.files.opened, timeout=20_000):
        program.files.open(resource("presets", "reader.safetensors"))
    qtbot.waitUntil(lambda: "trained for 6 epochs" in program.status.saved.text())
    assert "test accuracy 99." in program.status.saved.text()


def test_a_file_that_holds_no_weights_says_so(qtbot: QtBot, program: Program, answers: Any, tmp_path: Path) -> None:
    answers.path = tmp_path / "mine.playground"
    with qtbot.waitSignal(program.files.told):
        program.file_menu.save.trigger()
    assert program.status.figures.text().endswith("of weights")
    program.status.tell("told at length: " + 80 * "0")
    qtbot.waitUntil(lambda: program.status.figures.text().endswith("…"))  # it gives way, and says that it does
    assert program.status.figures.toolTip().endswith("of weights")
    program.status.tell("")
    assert program.status.saved.text() == "saved as mine.playground"
    program.run._set_state(RunState.FINISHED)
    assert program.status.saved.text() == "saved as mine.playground, without the trained weights"
