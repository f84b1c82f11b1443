"""Begins, changes, stops and drops runs a thousand times, and looks at what is left: memory, threads and open files.

    python -m tests.benchmarks.endurance [--cycles 1000]

What is held is looked at twenty times; the least of the last fifth is held against the least of the second one, for
caches are full by then, and what a single look finds may be on its way out.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from playground.gui.session.run_state import RunState
from playground.gui.start.program import Program
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.dense import Linear
from playground.spec.layers.regularization import Dropout
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.recipe import Recipe
from tests.benchmarks.figure import Figure

LOOKS = 20
DATA = MNIST(train_limit=2000, validation_share=0.01)
# Signal to wait for, what to do first, and what must hold then; the signal alone where that is None.
Wait = Callable[[Any, Callable[[], object], Callable[[], bool] | None], object]


_WITHIN = 30.0  # seconds


class Left(NamedTuple):
    """What a process holds."""

    memory: int  # bytes
    threads: int
    files: int  # open ones; 0 where that cannot be told

    def beyond(self, before: Left) -> Left:
        """What has come to it since then."""
        return Left(*(now - was for now, was in zip(self, before, strict=True)))


def experiment(width: int) -> Experiment:
    """A small network of that width, with batches in no time, and chance in it."""
    layers = (Flatten(), Linear(out_features=width, activation=ReLU()), Dropout(p=0.1), Linear(out_features=10))
    return Experiment(data=DATA, stack=Stack(layers=layers), recipe=Recipe(batch_size=20, epochs=3), seed=2)


def growth(program: Program, cycles: int, wait: Wait) -> Left:
    """What is held in the last fifth of so many runs beyond what was held in the second. Torch must be loaded."""
    run, document = program.run, program.document
    experiments = (experiment(width) for width in cycle((40, 60, 80)))
    ends = cycle((run.reset, run.stop, run.pause, lambda: document.load(next(experiments), None)))
    looks = []
    for number in range(1, cycles + 1):
        document.load(next(experiments), None)
        wait(run.snapshots if number % 10 == 0 else run.state_changed, run.train, None)
        next(ends)()
        if number % max(1, cycles // LOOKS) == 0:
            looks.append(at_rest(program, wait))
    fifth = len(looks) // 5
    return least(looks[-fifth:]).beyond(least(looks[fifth : 2 * fifth]))


def least(looks: Sequence[Left]) -> Left:
    """The least of each that was held."""
    return Left(*map(min, zip(*looks, strict=True)))


def at_rest(program: Program, wait: Wait) -> Left:
    """What is held once the run is dropped, the worker has heard of it, and garbage is collected.

    What malloc keeps of freed memory, for whoever asks next, is given back before: it says nothing about what is held.
    """
    run = program.run
    run.reset()
    wait(run.data_shared, run.share_data, None)  # answered also where the data cannot be read, or have no test set
    if program.runs.store is not None:
        program.runs.store.flush(_WITHIN)  # a run that ended holds its lock until its end is written
    for thread in threading.enumerate():
        if thread.name == "doctor":
            thread.join(_WITHIN)
    gc.collect()
    _trim()
    files = len(list(Path("/proc/self/fd").iterdir())) if sys.platform == "linux" else 0
    return Left(psutil.Process(os.getpid()).memory_info().rss, threading.active_count(), files)


def _trim() -> None:
    """Let malloc give freed memory back to the system, where it can (glibc)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


def figures(quick: bool) -> Iterator[Figure]:
    """Growth of memory, threads and files."""
    left = _measured(100 if quick else 1000)
    cycles = f"{100 if quick else 1000:,} runs begun and dropped"
    yield Figure(work=f"{cycles}: memory gained", value=left.memory / 1e6, unit="MB", bar=10.0)
    yield Figure(work=f"{cycles}: threads gained", value=left.threads, unit="", bar=0.0)
    yield Figure(work=f"{cycles}: open files gained", value=left.files, unit="", bar=0.0)


def _measured(cycles: int) -> Left:
    folder = tempfile.TemporaryDirectory()
    os.environ.update({f"XDG_{name}_HOME": folder.name for name in ("CONFIG", "STATE", "DATA")})
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QSettings

    from playground.gui.start.app import application_of
    from playground.gui.start.exception_hook import ExceptionHook
    from playground.gui.start.window_shell import WindowShell
    from playground.gui.style.settings import Settings
    from tests.benchmarks.event_loop import wait

    home = Path(folder.name)
    shell = WindowShell(application_of(sys.argv[:1]), Settings(QSettings()), ExceptionHook(), lambda: home / "runs")
    program = Program(shell, home)
    run = program.run
    wait(run.state_changed, lambda: program.start(None), lambda: run.state is RunState.IDLE)
    left = growth(program, cycles, lambda signal, act, until: wait(signal, act, until or (lambda: True)))
    program.window.allow_close()
    program.close()
    return left


def main() -> None:
    """Print what was gained."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cycles", type=int, default=1000)
    left = _measured(parser.parse_args().cycles)
    print(f"gained: {left.memory / 1e6:.1f} MB, {left.threads} threads, {left.files} open files")


if __name__ == "__main__":
    main()
