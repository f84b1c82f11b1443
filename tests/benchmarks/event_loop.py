"""How long the window cannot answer while it opens, trains, evaluates, saves and opens: the lag of its event loop.

    python -m tests.benchmarks.event_loop [PRESET] [--seconds 10] [--no-store]

A timer should fire every 5 ms; how much later it does is the lag. The targets are never more than 100 ms, while torch
is imported too; and, once it is there, not more than 16 ms for 99 of 100 ticks, all of them together and in each stage
that has a hundred. `--no-store` trains without checkpoints, to tell what they add to the lag. Without `QT_QPA_PLATFORM`
the window is shown on the display there is.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from playground.gui.start.program import Program
    from tests.benchmarks.figure import Figure

INTERVAL = 0.005  # seconds between two ticks
WORST = 0.1  # seconds that the loop may be blocked
USUAL = 0.016  # seconds that it may be blocked at 99 of 100 ticks
OFTEN = 100  # times that what is done in a moment is repeated

_folder = tempfile.TemporaryDirectory()
os.environ.update({f"XDG_{name}_HOME": _folder.name for name in ("CONFIG", "STATE", "DATA")})

from PySide6.QtCore import QEventLoop, QSettings, Qt, QTimer  # noqa: E402  reads the variables when it is loaded


class Stage(NamedTuple):
    """What the loop did meanwhile."""

    what: str
    seconds: float
    late: tuple[float, ...]  # seconds, ascending
    starting: bool = False  # torch is not there yet

    @property
    def worst(self) -> float:
        """The longest that the loop was blocked."""
        return self.late[-1]

    @property
    def p99(self) -> float:
        """What 99 of 100 ticks kept to."""
        return self.late[int(0.99 * (len(self.late) - 1))]

    @property
    def judged(self) -> bool:
        """Whether p99 has a target: it says little of few ticks, and at a start a person waits anyway."""
        return not self.starting and len(self.late) >= 100

    def __str__(self) -> str:
        p99 = _verdict(self.p99, USUAL) if self.judged else ""
        lags = f"p99 {1e3 * self.p99:6.1f} ms {p99:8}  worst {1e3 * self.worst:6.1f} ms {_verdict(self.worst, WORST)}"
        return f"{self.what:24} {self.seconds:6.1f} s {len(self.late):6} ticks  {lags}"


def _verdict(lag: float, target: float) -> str:
    return "ok" if lag <= target else "TOO LONG"


class Lag:
    """Ticks, and how much too late each came."""

    def __init__(self) -> None:
        self.stages: list[Stage] = []
        self._late: list[float] = []
        self._last = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(int(1000 * INTERVAL))
        self._timer.timeout.connect(self._tick)

    @contextmanager
    def during(self, what: str, *, starting: bool = False) -> Iterator[None]:
        """Measure what the loop does meanwhile, and print it."""
        self._late.clear()
        self._last = began = time.perf_counter()
        self._timer.start()
        yield
        self._timer.stop()
        self._tick()  # what came after the last one
        stage = Stage(what, time.perf_counter() - began, tuple(sorted(self._late)), starting)
        self.stages.append(stage)
        print(stage, flush=True)

    def _tick(self) -> None:
        now = time.perf_counter()
        self._late.append(max(0.0, now - self._last - INTERVAL))
        self._last = now


def wait(signal: Any, act: Callable[[], object], until: Callable[[], bool] = lambda: True) -> None:
    """Act, and let the loop run until a signal came and a condition holds."""
    loop = QEventLoop()

    def look(*_: object) -> None:
        if until():
            loop.quit()

    connection = signal.connect(look)
    QTimer.singleShot(0, act)
    loop.exec()
    signal.disconnect(connection)


def rest(seconds: float) -> None:
    """Let the loop run."""
    loop = QEventLoop()
    QTimer.singleShot(int(1000 * seconds), loop.quit)
    loop.exec()


def main() -> int:
    """Do everything that takes long, and measure the loop meanwhile; return 1 if it was blocked too long."""
    parser = argparse.ArgumentParser(description="The lag of the window's event loop.")
    parser.add_argument("preset", nargs="?", default="textbook", metavar="PRESET")
    parser.add_argument("--seconds", type=float, default=10.0, metavar="N", help="of training")
    parser.add_argument("--no-store", action="store_true", help="store no run, and so write no checkpoints")
    asked = parser.parse_args()
    stages = measure(asked.preset, asked.seconds, stored=not asked.no_store)
    print(together(stages))
    return int(any(stage.worst > WORST or (stage.judged and stage.p99 > USUAL) for stage in stages))


def figures(quick: bool) -> Iterator[Figure]:
    """The lag of every stage, and of all together."""
    from tests.benchmarks.figure import Figure

    stages = measure("textbook", 3.0 if quick else 10.0)
    for stage in (*stages, together(stages)):
        yield Figure(work=f"event loop, {stage.what}: worst", value=1e3 * stage.worst, unit="ms", bar=1e3 * WORST)
        if stage.judged:
            yield Figure(work=f"event loop, {stage.what}: p99", value=1e3 * stage.p99, unit="ms", bar=1e3 * USUAL)


def together(stages: list[Stage]) -> Stage:
    """All ticks since torch was there."""
    later = [stage for stage in stages if not stage.starting]
    late = sorted(lag for stage in later for lag in stage.late)
    return Stage("all since torch is there", sum(stage.seconds for stage in later), tuple(late))


def measure(name: str, seconds: float, *, stored: bool = True) -> list[Stage]:
    """All of it, in the order in which a person would do it, with a preset that trains so long."""
    lag = Lag()
    program = open_window(lag, stored)
    from playground.spec.files.presets import preset

    experiment = preset(name).experiment  # with more epochs than it will get round to
    program.document.load(experiment.with_(recipe=experiment.recipe.with_(epochs=1000)), None)
    with lag.during("nothing"):
        rest(2.0)
    train(lag, program, seconds)
    use_files(lag, program)
    program.window.allow_close()
    program.close()
    return lag.stages


def open_window(lag: Lag, stored: bool) -> Program:
    """What happens at a start."""
    from playground.gui.start.app import application_of
    from playground.gui.start.exception_hook import ExceptionHook
    from playground.gui.start.startup_sequence import StartupSequence
    from playground.gui.start.window_shell import WindowShell
    from playground.gui.style.settings import Settings

    application = application_of(sys.argv[:1])
    opening = StartupSequence(
        WindowShell(application, Settings(QSettings()), ExceptionHook(), _runs_folder if stored else None),
        Path(_folder.name),
        None,
    )
    with lag.during("filling the window", starting=True):
        opening.start()
        while opening.program is None or opening.program.results.curves is None:
            rest(0.0)
    program = opening.program
    from playground.gui.session.run_state import RunState

    with lag.during("importing torch", starting=True):
        wait(program.run.state_changed, lambda: None, lambda: program.run.state is RunState.IDLE)
    return program


def train(lag: Lag, program: Program, seconds: float) -> None:
    """A run from its beginning to its test."""
    from playground.gui.session.run_state import RunState

    run, state = program.run, program.run.state_changed
    with lag.during("beginning a run"):
        wait(state, run.train, lambda: run.state is RunState.TRAINING)
        wait(run.snapshots, lambda: None)
    with lag.during("training"):
        rest(seconds)
    with lag.during("saving while it trains"):
        for _ in range(OFTEN):
            wait(run.saved, lambda: run.save(_network()))
    with lag.during("evaluating"):
        wait(state, run.stop, lambda: run.state is RunState.FINISHED)


def use_files(lag: Lag, program: Program) -> None:
    """Open and save, again and again."""
    from playground.spec.files.experiment_file import write_experiment

    experiment = Path(_folder.name) / "experiment.playground"
    write_experiment(program.document.experiment, experiment)
    with lag.during("opening a network"):
        for _ in range(OFTEN):
            wait(program.run.opened, lambda: program.run.open(_network()))
    with lag.during("opening an experiment"):
        for _ in range(OFTEN):
            wait(program.files.opened, lambda: program.files.open(experiment))
    with lag.during("saving an experiment"):
        for _ in range(OFTEN):
            wait(program.files.told, program.files.save)


def _runs_folder() -> Path:
    return Path(_folder.name) / "runs"


def _network() -> Path:
    return Path(_folder.name) / "network.safetensors"


if __name__ == "__main__":
    sys.exit(main())
