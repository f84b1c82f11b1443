"""What it costs that blocks show what their layers compute, and how soon they show it.

    python tests/benchmarks/block_outputs.py [--preset textbook | --deep] [--rounds 8] [--epochs 1] [--pen]

One window trains by turns with the switch on and off, as high as all its blocks; a digit stands on the pad, and with
`--pen` somebody draws all the time. The target is 95 % of the speed with the switch off. Then a pen moves 60 times a
second, at rest and while the network trains, and it prints how long after a movement the blocks show it (the target is
30 ms at the 99th percentile), how many movements came too soon after one another to be shown, and by how much timers of
the window's thread are late (16 ms). `--deep` takes a network of 30 convolutions in place of a preset.
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
sys.path.insert(0, str(Path(__file__).parents[2]))  # where this file is run by its path

import numpy as np  # noqa: E402  the variables are read when Qt is loaded
from PySide6.QtCore import QSettings, Qt, QTimer  # noqa: E402

from playground.gui.panels.block_outputs import BlockOutputs  # noqa: E402
from playground.gui.panels.layer_probe import ProbeAnswer  # noqa: E402
from playground.gui.session.inference_thread import InferenceClient  # noqa: E402
from playground.gui.session.run_state import RunState  # noqa: E402
from playground.gui.start.app import application_of  # noqa: E402
from playground.gui.start.exception_hook import ExceptionHook  # noqa: E402
from playground.gui.start.program import Program  # noqa: E402
from playground.gui.start.window_shell import WindowShell  # noqa: E402
from playground.gui.style.settings import Settings  # noqa: E402
from playground.spec.datasets.mnist import MNIST  # noqa: E402
from playground.spec.experiment import Experiment  # noqa: E402
from playground.spec.files.presets import preset  # noqa: E402
from playground.spec.layer import Stack  # noqa: E402
from playground.spec.layers.activation import ReLU  # noqa: E402
from playground.spec.layers.convolution import Conv2d  # noqa: E402
from playground.spec.layers.dense import Linear  # noqa: E402
from playground.spec.layers.shape import Flatten  # noqa: E402
from playground.spec.recipe.recipe import Recipe  # noqa: E402
from tests.benchmarks.window_training import Window, _wait  # noqa: E402

TARGET = 0.95  # of the speed with the switch off
LATENCY = 30.0  # milliseconds at the 99th percentile
LAG = 16.0  # milliseconds that timers may be late at the 99th percentile
MOVES = 600
PERIOD = 1000 / 60  # milliseconds between two movements of the pen
TICK = 4  # milliseconds between two ticks of the timer whose lateness is measured
DEEP = 30  # convolutions
DEEP_SAMPLES = 96  # of an epoch of the deep network
SAMPLES = 12_000  # of an epoch: rounds are short, so that what else the machine does is alike in both halves


def main() -> int:
    """Measure and print; return 1 if training is too slow."""
    parser = argparse.ArgumentParser(description="Training with what layers compute on their blocks, and without.")
    parser.add_argument("--preset", default="textbook", metavar="NAME")
    parser.add_argument("--deep", action="store_true", help=f"a network of {DEEP} convolutions in place of a preset")
    parser.add_argument("--rounds", type=int, default=8, metavar="N", help="after one to warm up")
    parser.add_argument("--epochs", type=int, default=1, metavar="N", help="of each in a round")
    parser.add_argument("--pen", action="store_true", help="draw on the pad all the time")
    asked = parser.parse_args()
    experiment = deep() if asked.deep else preset(asked.preset).experiment
    found = measured(experiment, asked.rounds, asked.epochs, drawing=asked.pen)
    pens = (found.rest, found.training)
    late = any(pen.latency > LATENCY or pen.lag > LAG for pen in pens)
    return int(found.ratio < TARGET or late)


class Pen(NamedTuple):
    """While somebody draws: milliseconds at the 99th percentile."""

    latency: float  # from a movement to the blocks
    lag: float  # that timers of the window's thread are late


class Found(NamedTuple):
    """All figures of one network."""

    ratio: float  # of speeds, switched on to off
    rest: Pen
    training: Pen


def figures(quick: bool) -> Iterator[Figure]:
    """The ratio of speeds while nobody draws, the latency, and the lag, for a usual network and a deep one."""
    from tests.benchmarks.figure import Figure

    rounds = 2 if quick else 8
    for name, experiment in (("textbook", preset("textbook").experiment), (f"CNN of {DEEP} layers", deep())):
        found = measured(experiment, rounds, 1)
        work = f"{name} with what its layers compute on their blocks"
        yield Figure(
            work=work, value=found.ratio, unit="", peer="switched off", beside=1.0, bar=TARGET, better="higher"
        )
        for when, pen in (("at rest", found.rest), ("training", found.training)):
            yield Figure(work=f"{name}, pen to blocks {when}: p99", value=pen.latency, unit="ms", bar=LATENCY)
            yield Figure(work=f"{name}, lag of the event loop, drawing, {when}: p99", value=pen.lag, unit="ms", bar=LAG)


def deep() -> Experiment:
    """A network of 30 convolutions of 32 filters, which keep 28 × 28; it is validated on few samples."""
    layer = Conv2d(out_channels=32, kernel_size=3, padding=1, activation=ReLU())
    layers = (*[layer] * DEEP, Flatten(), Linear(out_features=10))
    return Experiment(data=MNIST(validation_share=0.1), stack=Stack(layers=layers), recipe=Recipe(batch_size=32))


def measured(experiment: Experiment, rounds: int, epochs: int, *, drawing: bool = False) -> Found:
    """The median ratio of speeds, and what somebody who draws has to wait for."""
    application = application_of(sys.argv[:1])
    settings = Settings(QSettings(str(Path(_folder.name, "settings.ini")), QSettings.Format.IniFormat))
    shell = WindowShell(application, settings, ExceptionHook(), lambda: Path(_folder.name, "runs"))
    program = Program(shell, Path(_folder.name))
    try:
        program.window.resize(1280, 2000)
        data, samples = experiment.data, DEEP_SAMPLES if len(experiment.stack.layers) >= DEEP else SAMPLES
        few = {"data": data.with_(train_limit=samples)} if hasattr(data, "train_limit") else {}
        program.document.load(experiment.with_(recipe=experiment.recipe.with_(epochs=1000), **few), None)
        _wait(program.run.state_changed, lambda: program.start(None), lambda: program.run.state is RunState.IDLE)
        window = Window(program)
        ratio, rest = _ratio(program, window, rounds, epochs, drawing), _drawn(program, window, "at rest")
        _wait(program.run.state_changed, program.run.train, lambda: program.run.state is RunState.TRAINING)
        return Found(ratio, rest, _drawn(program, window, "training"))
    finally:
        program.window.allow_close()
        program.close()


def _ratio(program: Program, window: Window, rounds: int, epochs: int, drawing: bool) -> float:
    switch, ratios = program.view_menu.outputs, []
    for number in range(rounds + 1):
        found = {}
        for on in (True, False) if number % 2 else (False, True):
            switch.setChecked(on)
            seconds, share, _ = window.epochs(epochs, drawing)
            found[on] = sum(seconds)
            print(
                f"  {'on ' if on else 'off'} {sum(seconds) / epochs:.3f} s an epoch, window's thread busy {share:4.1%}"
            )
        if number:  # the first round warms caches up
            ratios.append(found[False] / found[True])
            print(f"round {number}: {ratios[-1]:.1%}", flush=True)
    note = "ok" if median(ratios) >= TARGET else "TOO SLOW"
    print(f"speed with the switch on, median of the rounds: {median(ratios):.1%}  {note}", flush=True)
    return median(ratios)


def _drawn(program: Program, window: Window, when: str) -> Pen:
    """Draw 60 movements a second; a movement is shown by the first answer that is about it or a later one."""
    program.view_menu.outputs.setChecked(True)
    watch = _Watch(program, window)
    watch.pen.start()
    watch.ticks.start()
    _wait(watch.pen.timeout, lambda: None, lambda: watch.moves >= MOVES)
    watch.pen.stop()
    watch.ticks.stop()
    p50, p99 = np.percentile(watch.shown, (50, 99))
    lag = float(np.percentile(watch.late, 99))
    share = len(watch.shown) / watch.moves
    note = "ok" if p99 <= LATENCY and lag <= LAG else "TOO LONG"
    print(f"pen to blocks, {when}: p50 {p50:.1f} ms  p99 {p99:.1f} ms  shown {share:.0%} of the movements", end="  ")
    print(f"lag of the event loop p99 {lag:.1f} ms  {note}", flush=True)
    return Pen(float(p99), lag)


class _Watch:
    """Moves the pen, and notes when, when blocks had painted that, and how late the timers of the window are."""

    def __init__(self, program: Program, window: Window) -> None:
        assert program.task is not None
        (blocks,) = program.task.findChildren(BlockOutputs)
        (client,) = blocks.findChildren(InferenceClient)
        self._task, self._window = program.task, window
        self.moved: dict[int, float] = {}  # by the identity of the picture, when the pen moved
        self._pictures = list[object]()  # keeps them, so that an identity is not used twice
        self.shown, self.late = list[float](), list[float]()
        self.pen, self.ticks = QTimer(), QTimer()
        for timer, act in ((self.pen, self._move), (self.ticks, self._tick)):
            timer.setTimerType(Qt.TimerType.PreciseTimer)
            timer.timeout.connect(act)
        self.pen.setInterval(round(PERIOD))
        self.ticks.setInterval(TICK)
        self.moves, self._ticked = 0, 0.0
        client.answered.connect(self._note)  # after the blocks
        program.task.layers_computed.connect(self._note)

    def _move(self) -> None:
        began = perf_counter()
        self._window._move()
        example = self._task.example
        if example is not None and id(example.content) not in self.moved:
            self._pictures.append(example.content)
            self.moved[id(example.content)] = began
            self.moves += 1

    def _note(self, answer: object) -> None:
        """Blocks got this answer just now, as they were connected earlier, and have painted it."""
        assert isinstance(answer, ProbeAnswer), answer
        began = self.moved.pop(id(answer.example.content), None)
        if began is not None:
            self.shown.append(1e3 * (perf_counter() - began))

    def _tick(self) -> None:
        now = perf_counter()
        if self._ticked:
            self.late.append(max(0.0, 1e3 * (now - self._ticked) - TICK))
        self._ticked = now


if __name__ == "__main__":
    sys.exit(main())
