"""How long the window cannot answer while it trains, evaluates, saves and opens: the lag of its event loop.

    python tests/benchmarks/event_loop.py [PRESET] [--seconds 10]

A timer should fire every 5 ms; how much later it does is the lag. The target is never more than 100 ms, the import of
torch apart. Without `QT_QPA_PLATFORM` the window is shown on the display there is.
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
    from tests.benchmarks.figure import Figure

INTERVAL = 0.005  # seconds between two ticks
TARGET = 0.1  # seconds that the loop may be blocked
USUAL = 0.016  # seconds at the 99th percentile where the work is another thread's: a frame
OTHERS_WORK = ("training", "evaluating", "opening")  # how the names of those begin

_folder = tempfile.TemporaryDirectory()
os.environ.update({f"XDG_{name}_HOME": _folder.name for name in ("CONFIG", "STATE", "DATA")})

from PySide6.QtCore import QEventLoop, QSettings, Qt, QTimer  # noqa: E402  reads the variables when it is loaded

from playground.gui.app import application_of  # noqa: E402
from playground.gui.frame import Frame  # noqa: E402
from playground.gui.program import Program  # noqa: E402
from playground.gui.run import RunState  # noqa: E402
from playground.gui.settings import Settings  # noqa: E402
from playground.gui.unexpected import Unexpected  # noqa: E402
from playground.spec.files import write_experiment  # noqa: E402
from playground.spec.presets import preset  # noqa: E402


class Phase(NamedTuple):
    """Lags of the loop during a piece of work, in seconds."""

    what: str
    usual: float  # the 99th percentile
    worst: float
    limit: float | None  # of the worst


class Lag:
    """Ticks, and how much too late each came."""

    def __init__(self) -> None:
        self.phases: list[Phase] = []
        self._late: list[float] = []
        self._last = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(int(1000 * INTERVAL))
        self._timer.timeout.connect(self._tick)

    @contextmanager
    def during(self, what: str, limit: float | None = TARGET) -> Iterator[None]:
        """Measure what the loop does meanwhile, print it, and keep it in `phases`."""
        self._late.clear()
        self._last = began = time.perf_counter()
        self._timer.start()
        yield
        self._timer.stop()
        late = sorted(self._late)
        worst, usual = late[-1], late[int(0.99 * (len(late) - 1))]
        self.phases.append(Phase(what, usual, worst, limit))
        seconds = time.perf_counter() - began
        note = "" if limit is None else "  ok" if worst <= limit else "  TOO LONG"
        lags = f"p99 {1e3 * usual:6.1f} ms  worst {1e3 * worst:6.1f} ms"
        print(f"{what:24} {seconds:6.1f} s {len(late):6} ticks  {lags}{note}", flush=True)

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


def main() -> None:
    """Do everything that takes long, and measure the loop meanwhile."""
    parser = argparse.ArgumentParser(description="The lag of the window's event loop.")
    parser.add_argument("preset", nargs="?", default="textbook", metavar="PRESET")
    parser.add_argument("--seconds", type=float, default=10.0, metavar="N", help="of training")
    asked = parser.parse_args()
    phases_of(asked.preset, asked.seconds)


def figures(quick: bool) -> Iterator[Figure]:
    """The worst lag of every phase, and the usual one where another thread works."""
    from tests.benchmarks.figure import Figure  # not where this file is run by its path

    for phase in phases_of("textbook", 2.0 if quick else 10.0):
        bar = None if phase.limit is None else 1e3 * phase.limit
        yield Figure(work=f"{phase.what}: worst lag", value=1e3 * phase.worst, unit="ms", bar=bar)
        if phase.what.startswith(OTHERS_WORK):
            yield Figure(work=f"{phase.what}: p99 of the lag", value=1e3 * phase.usual, unit="ms", bar=1e3 * USUAL)


def phases_of(name: str, seconds: float) -> list[Phase]:
    """Open the window with a preset, train it for so long, and return what was measured meanwhile."""
    application = application_of(sys.argv[:1])
    unexpected = Unexpected()
    program = Program(Frame(application, Settings(QSettings()), unexpected), Path(_folder.name))
    program.document.load(preset(name).experiment, None)
    lag = Lag()
    measure(program, seconds, lag)
    program.window.allow_close()
    program.close()
    return lag.phases


def measure(program: Program, seconds: float, lag: Lag) -> None:
    """All of it, in the order in which a person would."""
    run, folder = program.run, Path(_folder.name)
    state = run.state_changed
    with lag.during("importing torch", limit=None):
        wait(state, lambda: program.start(None), lambda: run.state is RunState.IDLE)
    with lag.during("nothing"):
        rest(2.0)
    with lag.during("beginning a run"):
        wait(state, run.train, lambda: run.state is RunState.TRAINING)
        wait(run.snapshots, lambda: None)
    with lag.during("training"):
        rest(seconds)
    network = folder / "network.safetensors"
    with lag.during("saving while it trains"):
        for _ in range(5):
            wait(run.saved, lambda: run.save(network))
    with lag.during("evaluating"):
        wait(state, run.stop, lambda: run.state is RunState.FINISHED)
    with lag.during("opening a network"):
        for _ in range(5):
            wait(run.opened, lambda: run.open(network))
    experiment = folder / "experiment.playground"
    write_experiment(program.document.experiment, experiment)
    with lag.during("opening an experiment"):
        for _ in range(5):
            wait(program.files.opened, lambda: program.files.open(experiment))
    with lag.during("saving an experiment"):
        for _ in range(5):
            wait(program.files.told, program.files.save)


if __name__ == "__main__":
    main()
