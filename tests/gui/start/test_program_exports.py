"""The dialog “Take it with you”: what it writes answers as the network in the window does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from safetensors.numpy import load_file

from playground.engine.weights import load
from playground.gui.session.run_state import RunState
from playground.gui.session.worker_mailbox import Past
from playground.gui.start.program import Program
from playground.gui.window.export_dialog import ExportDialog
from playground.spec.files.presets import preset
from tests.gui.conftest import Answers

LOAD = 60_000


@pytest.fixture
def dialog(ready: Program, qtbot: QtBot) -> ExportDialog:
    """Opened from the menu after some steps of training."""
    ready.document.load(preset("xor").experiment, None)
    ready.run.train()
    qtbot.waitUntil(lambda: ready.run.progress.step > 20, timeout=LOAD)
    ready.run.pause()
    qtbot.waitUntil(lambda: ready.run.state is RunState.PAUSED, timeout=LOAD)
    qtbot.waitUntil(ready.file_menu.take.isEnabled, timeout=LOAD)
    ready.file_menu.take.trigger()
    assert ready.exports.dialog is not None
    return ready.exports.dialog


def _choose(dialog: ExportDialog, id: str) -> None:
    rows = range(dialog.formats.count())
    dialog.formats.setCurrentRow(next(row for row in rows if dialog.formats.item(row).data(0x100).id == id))


def test_the_weights_are_those_of_the_window(
    dialog: ExportDialog, ready: Program, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    answers.path = tmp_path / "x.safetensors"
    _choose(dialog, "state")
    assert not dialog.whole.isEnabled()
    dialog.export.click()
    assert not dialog.export.isEnabled()
    qtbot.waitUntil(dialog.export.isEnabled, timeout=LOAD)
    assert ready.run.weights is not None
    assert dialog.status.text().startswith("x.safetensors was written, ")
    assert f"the network after step {ready.run.weights.step:,}." in dialog.status.text()
    found = load_file(answers.path)
    assert found.keys() == ready.run.weights.tensors.keys()
    assert all(np.array_equal(found[name], tensor) for name, tensor in ready.run.weights.tensors.items())


def test_onnx_answers_as_the_network_does(
    dialog: ExportDialog, ready: Program, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    runtime = pytest.importorskip("onnxruntime", reason="the extra `export` is not installed")
    answers.path = tmp_path / "x.onnx"
    _choose(dialog, "onnx")
    assert dialog.whole.isEnabled()
    dialog.export.click()
    qtbot.waitUntil(dialog.export.isEnabled, timeout=LOAD)
    assert "Verified with onnxruntime" in dialog.status.text()
    session = runtime.InferenceSession(answers.path.read_bytes())
    inputs = np.array([[0.5, -2.0], [1.0, 1.0]], np.float32)
    (found,) = session.run(None, {session.get_inputs()[0].name: inputs})
    assert ready.run.weights is not None
    from torch import from_numpy, inference_mode

    from playground.engine.weights import network_with

    with inference_mode():
        expected = network_with(ready.run.weights.experiment, ready.run.weights.tensors)(from_numpy(inputs))
    assert found == pytest.approx(expected.numpy(), abs=1e-5)


def test_a_file_that_cannot_be_written_is_said(
    dialog: ExportDialog, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    answers.path = tmp_path / "missing" / "x.py"
    _choose(dialog, "script")
    dialog.export.click()
    qtbot.waitUntil(dialog.export.isEnabled, timeout=LOAD)
    assert "its folder does not exist" in dialog.status.text()


def test_an_earlier_moment_is_not_taken_for_the_latest_network(
    dialog: ExportDialog, ready: Program, answers: Answers, tmp_path: Path
) -> None:
    answers.path = tmp_path / "x.safetensors"
    assert ready.run.weights is not None
    assert ready.run.show_past(Past(1, ready.run.weights))
    _choose(dialog, "state")
    dialog.export.click()
    assert dialog.status.text().startswith("An earlier moment of the run is shown.")
    assert not answers.path.exists()


def test_nothing_happens_without_a_file(dialog: ExportDialog, answers: Answers) -> None:
    answers.path = None
    dialog.export.click()
    assert (dialog.status.text(), dialog.export.isEnabled()) == ("", True)


def test_fewer_bits_come_with_what_they_change(
    dialog: ExportDialog, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    answers.path = tmp_path / "x.safetensors"
    _choose(dialog, "float16")
    assert not dialog.whole.isEnabled()
    dialog.export.click()
    qtbot.waitUntil(dialog.export.isEnabled, timeout=LOAD)
    told = dialog.status.text()
    assert "Accuracy: " in told
    assert "answers changed" in told
    assert load(answers.path).experiment.name == preset("xor").experiment.name
