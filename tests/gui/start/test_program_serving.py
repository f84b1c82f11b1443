"""The dialog “Serve”: what it serves answers as the network in the window does, and each request is listed."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
import urllib.request
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from playground.engine.inference.predictor import Predictor
from playground.engine.training.snapshots import Figures
from playground.engine.weights import Trained, network_with
from playground.gui.session.run_state import RunState
from playground.gui.session.service_process import Phase
from playground.gui.session.worker_mailbox import Past
from playground.gui.start.program import Program
from playground.gui.window.serve_dialog import ServeDialog
from playground.gui.window.served_requests import ANSWER
from playground.spec.files.presets import preset

pytest.importorskip("uvicorn", reason="the extra `serve` is not installed")

LOAD = 60_000


def _dialog(program: Program) -> ServeDialog:
    program.file_menu.serve.trigger()
    assert program.serving.dialog is not None
    program.serving.dialog.place.port.setValue(0)
    return program.serving.dialog


def _phase(program: Program) -> Phase:
    assert program.serving.service is not None
    return program.serving.service.phase


def _until(qtbot: QtBot, program: Program, phase: Phase) -> None:
    qtbot.waitUntil(lambda: _phase(program) is phase, timeout=LOAD)


def _sent(command: str) -> Any:
    """What the shown command answers: by curl, and where there is none, by what it says."""
    words = shlex.split(command)
    if shutil.which("curl") and sys.platform != "win32":
        done = subprocess.run(command, shell=True, capture_output=True, timeout=60, check=True)
        return json.loads(done.stdout)
    body = words[words.index("--data-binary") + 1].encode()
    if body.startswith(b"@"):
        with open(body[1:], "rb") as file:
            body = file.read()
    lines = [_line(word) for before, word in pairwise(words) if before == "-H"]
    headers = [line.partition(": ") for line in lines]
    asked = urllib.request.Request(words[-1], body, {name: value for name, _, value in headers})
    with urllib.request.urlopen(asked, timeout=60) as reply:
        return json.load(reply)


def _line(word: str) -> str:
    """A header of the command, which may be in a file."""
    return Path(word[1:]).read_text().strip() if word.startswith("@") else word


def _windows(program: Program, sample: object) -> tuple[str, tuple[float, ...]]:
    """The answer of the network in the window, and its probabilities."""
    weights = program.run.weights
    assert weights is not None
    network = network_with(weights.experiment, weights.tensors)
    trained = Trained(weights.experiment, network, Figures(), {}, scaling=weights.scaling)
    (found,) = Predictor(trained).predict([sample])  # type: ignore[list-item]
    return found.answer, found.probabilities


@pytest.fixture
def trained(ready: Program, qtbot: QtBot) -> Program:
    """Paused after some steps."""
    ready.document.load(preset("xor").experiment, None)
    _train(ready, qtbot, 20)
    return ready


def _train(program: Program, qtbot: QtBot, step: int) -> None:
    program.run.train()
    qtbot.waitUntil(lambda: program.run.progress.step > step, timeout=LOAD)
    program.run.pause()
    qtbot.waitUntil(lambda: program.run.state is RunState.PAUSED, timeout=LOAD)
    qtbot.waitUntil(lambda: program.run.weights is not None and program.run.weights.step > step, timeout=LOAD)


def test_the_shown_command_has_the_answer_of_the_window_and_is_listed(trained: Program, qtbot: QtBot) -> None:
    dialog = _dialog(trained)
    dialog.serve.click()
    assert dialog.status.text() == "Starting…"
    _until(qtbot, trained, Phase.SERVING)
    requests = trained.serving.requests
    assert requests is not None
    assert trained.run.weights is not None
    step = trained.run.weights.step
    assert dialog.status.text() == f"Serving “{trained.document.experiment.name}” as it was after step {step:,}."
    assert dialog.latest.isHidden()
    answer, probabilities = _windows(trained, [0.5, -0.5])
    found = _sent(dialog.place.command.toPlainText())
    assert (found["answer"], list(found["probabilities"].values())) == (
        answer,
        pytest.approx(probabilities, abs=1e-6),
    )
    qtbot.waitUntil(lambda: len(requests.items) == 1, timeout=LOAD)
    assert dialog.count.text() == "1 request"
    assert (requests.items[0].step, requests.items[0].given, requests.items[0].status) == (step, "0.5, -0.5", 200)
    assert requests.index(0, ANSWER).data().startswith(f"{answer} (")

    dialog.close()
    assert trained.status.saved.text().startswith("The network is still served at http://127.0.0.1:")
    _train(trained, qtbot, step + 20)
    dialog = _dialog(trained)  # another one, of the same service
    assert dialog.table.model() is requests
    assert dialog.latest.text() == f"Serve the &latest (step {trained.run.weights.step:,})"
    pid = trained.serving.service.pid if trained.serving.service else 0
    dialog.latest.click()
    qtbot.waitUntil(lambda: f"step {trained.run.weights.step:,}." in dialog.status.text(), timeout=LOAD)
    assert dialog.latest.isHidden()
    found = _sent(dialog.place.command.toPlainText())
    assert list(found["probabilities"].values()) == pytest.approx(_windows(trained, [0.5, -0.5])[1], abs=1e-6)
    qtbot.waitUntil(lambda: len(requests.items) == 2, timeout=LOAD)
    assert requests.items[0].step == trained.run.weights.step > step
    assert trained.serving.service is not None
    assert trained.serving.service.pid == pid

    dialog.stop.click()
    _until(qtbot, trained, Phase.STOPPED)
    assert not psutil.pid_exists(pid)
    assert dialog.status.text().startswith("Stopped.")
    assert dialog.place.command.toPlainText() == ""


def test_a_picture_and_a_token_and_the_end_of_the_program(ready: Program, qtbot: QtBot) -> None:
    pytest.importorskip("segno", reason="the extra `serve` is not installed")
    ready.open_reader()
    qtbot.waitUntil(lambda: ready.run.can_be_asked, timeout=LOAD)
    dialog = _dialog(ready)
    dialog.place.network.click()
    assert dialog.place.network_words.text().startswith("Whoever reaches this machine and has the token")
    dialog.serve.click()
    _until(qtbot, ready, Phase.SERVING)
    token, command = dialog.place.token.text(), dialog.place.command.toPlainText()
    assert len(token) >= 32
    assert dialog.place.code.text.endswith(f"/#token={token}")
    assert dialog.place.code.modules
    with open(shlex.split(command)[-2].removeprefix("@"), "rb") as file:
        answer, _ = _windows(ready, file.read())
    assert _sent(command)["answer"] == answer == "7"
    assert token not in command  # every user of this machine sees command lines
    words = shlex.split(command)
    header = next(word for word in words if word.endswith("authorization.txt"))
    refused_command = shlex.join("Authorization: Bearer other" if word == header else word for word in words)
    assert "wants a token" in str(_sent(refused_command)["detail"])
    requests = ready.serving.requests
    assert requests is not None
    qtbot.waitUntil(lambda: len(requests.items) == 2, timeout=LOAD)
    refused, answered = requests.items
    assert (refused.status, answered.status, answered.answer[0]) == (401, 200, answer)
    assert requests.index(1, 2).data(Qt.ItemDataRole.DecorationRole).width() == 28
    assert ready.serving.service is not None
    child = psutil.Process(ready.serving.service.pid)
    assert ready.close(LOAD)
    assert not child.is_running()


def test_a_service_that_others_reach_ends_whatever_is_shown(trained: Program, qtbot: QtBot) -> None:
    dialog = _dialog(trained)
    place, weights = dialog.place, trained.run.weights
    assert weights is not None
    dialog.serve.click()
    _until(qtbot, trained, Phase.SERVING)
    assert trained.run.show_past(Past(1, weights))
    place.network.click()  # nothing can be served now: the one of this machine alone goes on
    assert not place.network.isChecked()
    assert place.network_words.text() == "Programs of this machine alone reach the address; no phone does."
    assert place.token.isHidden()
    assert _phase(trained) is Phase.SERVING
    assert "An earlier moment of the run is shown." in dialog.status.text()

    trained.run.show_past(None)
    place.network.click()
    qtbot.waitUntil(lambda: _phase(trained) is Phase.SERVING and bool(place.token.text()), timeout=LOAD)
    assert place.network.isChecked()
    assert trained.run.show_past(Past(1, weights))
    place.network.click()
    assert not place.network.isChecked()
    assert _phase(trained) is Phase.STOPPING
    assert place.network_words.text().startswith("Whoever reaches")  # until it has ended
    _until(qtbot, trained, Phase.STOPPED)
    assert not place.network.isChecked()
    assert place.network_words.text() == "Programs of this machine alone reach the address; no phone does."
    assert dialog.status.text().startswith("Error: An earlier moment of the run is shown.")


def test_without_a_network_nothing_is_served(ready: Program, trained: Program) -> None:
    dialog = _dialog(trained)
    assert trained.run.weights is not None
    assert trained.run.show_past(Past(1, trained.run.weights))
    dialog.serve.click()
    assert dialog.status.text().startswith("Error: An earlier moment of the run is shown.")
    assert _phase(trained) is Phase.STOPPED
    ready.run.reset()
    assert not dialog.serve.isEnabled()
    assert not ready.file_menu.serve.isEnabled()
