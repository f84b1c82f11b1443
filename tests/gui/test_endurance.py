"""Beginning, changing and dropping runs over and over leaves nothing behind; and who looks on changes no run."""

from __future__ import annotations

import os
import sys
import threading
from itertools import cycle
from pathlib import Path

import psutil
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
from playground.spec.datasets import MNIST
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.dense import Linear
from playground.spec.layers.regularization import Dropout
from playground.spec.layers.shape import Flatten
from playground.spec.recipe import Recipe

CYCLES, WARM = 1000, 200
MOST_GROWTH = 30_000_000  # bytes over all cycles after the first ones; a network that stayed would take 800 × 0.5 MB
LOAD = 60_000  # milliseconds: importing torch, on a slow machine
DATA = MNIST(train_limit=2000, validation_share=0.01)


def experiment(width: int) -> Experiment:
    layers = (Flatten(), Linear(out_features=width, activation=ReLU()), Dropout(p=0.1), Linear(out_features=10))
    return Experiment(data=DATA, stack=Stack(layers=layers), recipe=Recipe(batch_size=20, epochs=3), seed=2)


def load_torch(qtbot: QtBot, program: Program) -> None:
    program.run.load_torch()
    qtbot.waitUntil(lambda: program.run.state is RunState.IDLE, timeout=LOAD)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir())) if sys.platform == "linux" else 0


@pytest.mark.timeout(300)
def test_a_thousand_runs_leave_nothing_behind(qtbot: QtBot, program: Program) -> None:
    load_torch(qtbot, program)
    run, document = program.run, program.document
    widths = cycle((40, 60, 80))
    ends = cycle((run.reset, run.stop, run.pause, lambda: document.load(experiment(next(widths)), None)))
    memory, before = psutil.Process(os.getpid()).memory_info, (0, 0, 0)
    for number in range(CYCLES):
        if number == WARM:
            before = memory().rss, threading.active_count(), open_files()
        document.load(experiment(next(widths)), None)
        with qtbot.waitSignal(run.snapshots if number % 10 == 0 else run.state_changed, timeout=LOAD):
            run.train()
        next(ends)()
    run.reset()
    qtbot.waitUntil(lambda: run.state is RunState.IDLE, timeout=LOAD)
    program._collector.collect()
    assert threading.active_count() <= before[1]
    assert open_files() <= before[2]
    assert memory().rss - before[0] < MOST_GROWTH


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
    pad = program.drawing.pad
    for x in cycle(range(20, 200, 7)):
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(x, 30))
        QTest.mouseMove(pad, QPoint(x, 150))
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(x, 150))
        program.window.repaint()
        QApplication.processEvents()
        if program.run.state is RunState.FINISHED:
            break
    assert told(heard) == expected
