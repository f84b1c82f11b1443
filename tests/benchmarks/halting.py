"""How soon a run obeys while it evaluates the largest networks there are on the whole of MNIST.

    python -m tests.benchmarks.halting [--presets residual-cnn vision-transformer] [--rounds 10]

The window trains for one step and evaluates on 30,000 digits that are held out, then on the 10,000 to test with. A
pause is honoured when the window knows of it, a stop when the first digits are tested; while they are, there is nothing
left to stop. The target is 100 ms, at worst. Without `QT_QPA_PLATFORM` no window is shown.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

from playground.engine.training.snapshots import Evaluating, Snapshot
from tests.benchmarks.event_loop import rest, wait  # before Qt: it says where the settings are kept
from tests.benchmarks.figure import Figure

from PySide6.QtCore import QSettings  # isort: skip

from playground.gui.session.run_state import RunState
from playground.gui.start.app import application_of
from playground.gui.start.exception_hook import ExceptionHook
from playground.gui.start.program import Program
from playground.gui.start.window_shell import WindowShell
from playground.gui.style.settings import Settings
from playground.spec.datasets.mnist import MNIST
from playground.spec.files.presets import preset

PRESETS = ("residual-cnn", "vision-transformer")
PROMPT = 0.1  # seconds


class Waits(NamedTuple):
    """Seconds until a run obeyed, ascending, one for each round."""

    validation_paused: list[float]
    validation_stopped: list[float]
    test_paused: list[float]


class Kept(deque[Snapshot]):
    """What a run leaves for the window, and when the test began, by the clock of the run's thread."""

    tested: float | None = None

    def append(self, snapshot: Snapshot) -> None:
        """Keep it for the window."""
        super().append(snapshot)
        if self.tested is None and isinstance(snapshot, Evaluating) and snapshot.what == "test":
            self.tested = perf_counter()


def figures(quick: bool) -> Iterator[Figure]:
    """The worst of each wait."""
    for name, waits in measured(PRESETS, 3 if quick else 10):
        for what, seconds in waits._asdict().items():
            work = f"{name}, {what.replace('_', ' ')}: worst"
            yield Figure(work=work, value=1e3 * seconds[-1], unit="ms", bar=1e3 * PROMPT)


def measured(names: tuple[str, ...], rounds: int) -> Iterator[tuple[str, Waits]]:
    """The waits with each preset, in one window."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        frame = WindowShell(application_of(sys.argv[:1]), Settings(QSettings()), ExceptionHook())
        program = Program(frame, Path(folder))
        run = program.run
        wait(run.state_changed, lambda: program.start(None), lambda: run.state is RunState.IDLE)
        for name in names:
            yield name, _waits(program, name, rounds)
        program.window.allow_close()
        program.close()


def _waits(program: Program, name: str, rounds: int) -> Waits:
    experiment = preset(name).experiment
    data = MNIST(train_limit=experiment.recipe.batch_size, validation_share=0.5)
    program.document.load(experiment.with_(data=data), None)
    found = [_round(program, 0.05 * number) for number in range(rounds)]
    return Waits(*(sorted(waits) for waits in zip(*found, strict=True)))


def _round(program: Program, later: float) -> tuple[float, float, float]:
    """Pause and stop while a new run validates, pause while it tests; each so many seconds after it began to."""
    run = program.run
    if run.state is not RunState.IDLE:
        wait(run.state_changed, run.reset, lambda: run.state is RunState.IDLE)
    wait(run.snapshots, run.train, lambda: run.progress.evaluating == "validation")
    rest(later)
    validation_paused = _pause(program)
    wait(run.state_changed, run.train, lambda: run.state is RunState.TRAINING)
    rest(later)
    assert run.progress.evaluating == "validation"
    run._mail_reader.mailbox.snapshots = kept = Kept(run._mail_reader.mailbox.snapshots)
    stopped = perf_counter()
    wait(run.snapshots, run.stop, lambda: kept.tested is not None)
    assert kept.tested is not None
    rest(later)
    return validation_paused, kept.tested - stopped, _pause(program)


def _pause(program: Program) -> float:
    """Seconds from asking for a pause until the window knows of it; it is still evaluating then."""
    run = program.run
    began = perf_counter()
    wait(run.state_changed, run.pause, lambda: run.state is RunState.PAUSED)
    took = perf_counter() - began
    assert run.progress.evaluating
    return took


def main() -> int:
    """Print the waits; return 1 if one was too long."""
    parser = argparse.ArgumentParser(description="How soon a run obeys while it evaluates.")
    parser.add_argument("--presets", nargs="+", default=PRESETS, metavar="NAME")
    parser.add_argument("--rounds", type=int, default=10, metavar="N")
    asked = parser.parse_args()
    worst = 0.0
    for name, waits in measured(tuple(asked.presets), asked.rounds):
        for what, seconds in waits._asdict().items():
            times = f"median {1e3 * median(seconds):4.0f} ms  worst {1e3 * seconds[-1]:4.0f} ms"
            print(f"{name:20} {what.replace('_', ' '):20} {times}  {'ok' if seconds[-1] <= PROMPT else 'TOO LATE'}")
            worst = max(worst, seconds[-1])
    return int(worst > PROMPT)


if __name__ == "__main__":
    sys.exit(main())
