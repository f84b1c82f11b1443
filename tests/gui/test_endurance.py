"""Beginning, changing and dropping runs over and over leaves nothing behind; and who looks on changes no run."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import cycle

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.engine.data.in_memory import load
from playground.engine.training.snapshots import Epoch, Finished, Probed, Snapshot
from playground.engine.training.trainer import Trainer
from playground.gui.session.run_state import RunState
from playground.gui.start.program import Program
from tests.benchmarks.endurance import DATA, experiment
from tests.benchmarks.suite import TOP

CYCLES = 40  # the benchmark of that name makes a thousand
MOST_GROWTH = 20.0  # MB
LOAD = 60_000  # milliseconds: importing torch, on a slow machine


def load_torch(qtbot: QtBot, program: Program) -> None:
    program.run.load_torch()
    qtbot.waitUntil(lambda: program.run.state is RunState.IDLE, timeout=LOAD)


@pytest.mark.timeout(300)
def test_runs_leave_nothing_behind() -> None:
    """In a process of its own: what other tests have left to be freed would come and go meanwhile."""
    command = [sys.executable, "-m", "tests.benchmarks.endurance", "--cycles", str(CYCLES)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=TOP, timeout=280, check=True)
    found = re.fullmatch(r"gained: (-?[\d.]+) MB, (-?\d+) threads, (-?\d+) open files\n", done.stdout)
    assert found is not None, done.stdout
    assert int(found[2]) <= 0
    assert int(found[3]) <= 0
    assert float(found[1]) < MOST_GROWTH


def told(snapshots: list[Snapshot]) -> list[str]:
    """All that they say but how long it took; only the window asks for probes."""
    timeless = (item._replace(seconds=0.0) if isinstance(item, Epoch | Finished) else item for item in snapshots)
    return [repr(item) for item in timeless if not isinstance(item, Probed)]


@pytest.mark.parametrize("minimized", [False, True])
def test_who_looks_on_changes_nothing(qtbot: QtBot, program: Program, minimized: bool) -> None:
    """The same snapshots as without a window, to the last digit, while somebody draws and everything is repainted."""
    wanted = experiment(40)
    expected = told(list(Trainer(wanted, load(DATA))))
    load_torch(qtbot, program)
    program.document.load(wanted, None)
    if minimized:
        program.window.showMinimized()
    heard: list[Snapshot] = []
    program.run.snapshots.connect(heard.extend)
    program.run.train()
    pad = program.task.panel.drawing.pad
    for x in cycle(range(20, 200, 7)):
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(x, 30))
        QTest.mouseMove(pad, QPoint(x, 150))
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(x, 150))
        program.window.repaint()
        QApplication.processEvents()
        if program.run.state is RunState.FINISHED:
            break
    assert told(heard) == expected
