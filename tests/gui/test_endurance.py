"""Beginning, changing and dropping runs over and over leaves nothing behind; and who looks on changes no run."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.engine.data import load
from playground.engine.snapshots import Epoch, Finished, Snapshot
from playground.engine.trainer import Trainer
from playground.gui.program import Program
from playground.gui.run import RunState
from tests.benchmarks.endurance import DATA, experiment, growth

CYCLES = 60  # the benchmark of that name makes a thousand
MOST_GROWTH = 30_000_000  # bytes
LOAD = 60_000  # milliseconds: importing torch, on a slow machine


def load_torch(qtbot: QtBot, program: Program) -> None:
    program.run.load_torch()
    qtbot.waitUntil(lambda: program.run.state is RunState.IDLE, timeout=LOAD)


def test_runs_leave_nothing_behind(qtbot: QtBot, program: Program) -> None:
    load_torch(qtbot, program)

    def wait(signal: Any, act: Callable[[], object], _until: object) -> None:
        with qtbot.waitSignal(signal, timeout=LOAD):
            act()

    gained = growth(program, CYCLES, wait)
    assert gained.threads <= 0
    assert gained.files <= 0
    assert gained.memory < MOST_GROWTH


def told(snapshots: list[Snapshot]) -> list[str]:
    """All that they say but how long it took."""
    return [repr(item._replace(seconds=0.0) if isinstance(item, Epoch | Finished) else item) for item in snapshots]


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
