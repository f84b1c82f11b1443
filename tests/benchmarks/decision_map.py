"""Maps of the plane a second while the spiral trains in the window, and what they cost the training.

    python -m tests.benchmarks decision_map
    python tests/benchmarks/decision_map.py [--rounds 5] [--seconds 2]

The window trains the preset `spiral`, by turns with the map shown and with the whole panel hidden, so that nothing is
asked for. Steps are counted in the thread that trains, frames where the map is painted. The bars: at least 20 maps a
second, and at least 95 % of the steps that are made without them.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tests.benchmarks.figure import Figure

_folder = tempfile.TemporaryDirectory()
os.environ.update({f"XDG_{name}_HOME": _folder.name for name in ("CONFIG", "STATE", "DATA")})
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QSettings, QTimer  # noqa: E402  reads the variables when loaded

from playground.gui.panels.points.map import DecisionMapWidget  # noqa: E402
from playground.gui.session.run_state import RunState  # noqa: E402
from playground.gui.start.app import application_of  # noqa: E402
from playground.gui.start.exception_hook import ExceptionHook  # noqa: E402
from playground.gui.start.program import Program  # noqa: E402
from playground.gui.start.window_shell import WindowShell  # noqa: E402
from playground.gui.style.settings import Settings  # noqa: E402
from playground.spec.files.presets import preset  # noqa: E402

FRAMES = 20.0  # maps a second
SPEED = 0.95  # of the steps a second without maps


class Found(NamedTuple):
    """Medians of the rounds."""

    maps: float  # a second
    steps: float  # a second, with the map
    without: float


def figures(quick: bool) -> Iterator[Figure]:
    """Maps a second, and the cost to training."""
    from tests.benchmarks.figure import Figure  # not where this file is run by its path

    found = measure(2 if quick else 7, 1.0 if quick else 2.0)
    yield Figure(work="maps a second, spiral", value=found.maps, unit="1/s", bar=FRAMES, better="higher")
    yield Figure(
        work="steps beside the map, spiral",
        value=found.steps,
        unit="steps/s",
        peer="map hidden",
        beside=found.without,
        bar=SPEED,
        better="higher",
    )


def measure(rounds: int, seconds: float) -> Found:
    """Train with and without the map, by turns."""
    application = application_of(sys.argv[:1])
    program = Program(WindowShell(application, Settings(QSettings()), ExceptionHook()), Path(_folder.name))
    try:
        chosen = preset("spiral").experiment
        program.document.load(chosen.with_(recipe=chosen.recipe.with_(epochs=10_000)), None)
        program.start(None)
        _wait(lambda: program.run.state is RunState.IDLE)
        return _compare(program, rounds, seconds)
    finally:
        program.window.allow_close()
        program.close()


def _compare(program: Program, rounds: int, seconds: float) -> Found:
    assert program.task is not None
    painted = Counted(program.task.panel.widget.findChildren(DecisionMapWidget)[0])
    program.run.train()
    _wait(lambda: program.run.state is RunState.TRAINING)
    each: list[tuple[float, float, float]] = []
    for number in range(rounds + 1):
        shown = _rates(program, painted, seconds)
        program.task.hide()
        hidden = _rates(program, painted, seconds)
        program.task.show()
        if number:  # the first round warms caches up
            each.append((shown[1], shown[0], hidden[0]))
            rates = f"{shown[1]:5.1f} maps/s  {shown[0]:7,.0f} steps/s  hidden {hidden[0]:7,.0f}"
            print(f"  {rates}  {shown[0] / hidden[0]:.1%}", flush=True)
    ratio = median(steps / without for _, steps, without in each)
    without = median(item[2] for item in each)
    return Found(median(item[0] for item in each), ratio * without, without)


def _rates(program: Program, painted: Counted, seconds: float) -> tuple[float, float]:
    """Steps and maps a second."""
    _rest(0.2)
    began, step, count = perf_counter(), program.run.progress.step, painted.count
    _rest(seconds)
    passed = perf_counter() - began
    return (program.run.progress.step - step) / passed, (painted.count - count) / passed


class Counted:
    """Counts the different maps that were painted."""

    def __init__(self, shown: DecisionMapWidget) -> None:
        self.count = 0
        self._paint, self._map, self._last = shown.paintEvent, shown, 0
        shown.paintEvent = self._count  # type: ignore[method-assign]

    def _count(self, event: object) -> None:
        key = self._map._levels.cacheKey()
        self.count += key != self._last
        self._last = key
        self._paint(event)  # type: ignore[arg-type]


def _wait(until: object) -> None:
    loop, look = QEventLoop(), QTimer()
    look.timeout.connect(lambda: until() and loop.quit())  # type: ignore[operator]
    look.start(20)
    loop.exec()


def _rest(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(int(1000 * seconds), loop.quit)
    loop.exec()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Maps of the plane a second, and what they cost.")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="after one to warm up")
    parser.add_argument("--seconds", type=float, default=2.0, metavar="N", help="of each half of a round")
    asked = parser.parse_args()
    print(measure(asked.rounds, asked.seconds))
