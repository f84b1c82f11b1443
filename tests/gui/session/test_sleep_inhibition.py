"""The machine stays awake while a run trains: not while it pauses, and not after it."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from playground.gui.session.document import Document
from playground.gui.session.run_state import RunState
from playground.gui.session.run_status import RunStatus
from playground.gui.session.sleep_inhibition import SleepInhibition
from playground.gui.session.thread_shutdown import ended
from playground.spec.files.presets import FIRST, preset

WITHIN = 30.0  # seconds


class Machine:
    """Says whether it may sleep, and which threads asked."""

    def __init__(self) -> None:
        self.awake = False
        self.entered = 0
        self.threads: set[int] = set()

    @contextmanager
    def stay_awake(self) -> Iterator[None]:
        self.threads.add(threading.get_ident())
        self.entered += 1
        self.awake = True
        yield
        self.threads.add(threading.get_ident())
        self.awake = False


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def run() -> RunStatus:
    return RunStatus(Document(preset(FIRST).experiment))


@pytest.fixture
def inhibition(run: RunStatus, machine: Machine, qtbot: QtBot) -> Iterator[SleepInhibition]:
    made = SleepInhibition(run, awake=machine.stay_awake)
    made.delay.setInterval(0)
    yield made
    made.close()


def test_it_is_awake_while_a_run_trains(
    run: RunStatus, machine: Machine, inhibition: SleepInhibition, qtbot: QtBot
) -> None:
    for state in (RunState.PAUSED, RunState.FINISHED, RunState.DIVERGED, RunState.IDLE):
        run.state_changed.emit(RunState.TRAINING)
        qtbot.waitUntil(lambda: machine.awake)
        run.state_changed.emit(state)
        qtbot.waitUntil(lambda: not machine.awake)
    assert machine.entered == 4
    assert len(machine.threads) == 1
    assert threading.get_ident() not in machine.threads


def test_single_steps_ask_for_nothing(run: RunStatus, machine: Machine, inhibition: SleepInhibition) -> None:
    inhibition.delay.setInterval(60_000)
    run.state_changed.emit(RunState.TRAINING)
    run.state_changed.emit(RunState.PAUSED)
    assert not inhibition.delay.isActive()
    assert not inhibition.isRunning()


def test_the_end_of_the_program_releases_it(
    run: RunStatus, machine: Machine, inhibition: SleepInhibition, qtbot: QtBot
) -> None:
    run.state_changed.emit(RunState.TRAINING)
    qtbot.waitUntil(lambda: machine.awake)
    inhibition.close()
    assert not machine.awake


@pytest.mark.skipif(sys.platform != "linux", reason="needs a session bus")
def test_a_desktop_that_never_answers_does_not_delay_the_end(
    run: RunStatus, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("wakepy")
    pytest.importorskip("jeepney")
    with socket.socket(socket.AF_UNIX) as bus:
        bus.bind(str(tmp_path / "bus"))
        bus.listen()
        bus.settimeout(WITHIN)
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'bus'}")
        inhibition = SleepInhibition(run)
        inhibition.delay.setInterval(0)
        run.state_changed.emit(RunState.TRAINING)
        qtbot.waitUntil(inhibition.isRunning)
        connection = bus.accept()[0]  # and nothing more
        began = time.monotonic()
        assert not ended((inhibition,), 60_000)
        assert time.monotonic() - began < 30.0  # much more than PATIENCE, and much less than it may take
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
        connection.close()
    assert inhibition.wait()
