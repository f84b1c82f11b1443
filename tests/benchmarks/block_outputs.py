"""How fast a network trains while its blocks show what every layer computes, beside the same with that switched off.

    python tests/benchmarks/block_outputs.py [--preset textbook] [--rounds 8] [--epochs 1] [--pen]

One window trains by turns with the switch on and off, as high as all its blocks; a digit stands on the pad, and with
`--pen` somebody draws all the time. The target is 95 % of the speed with the switch off. It then prints how long after
a movement of the pen the blocks show it at rest: the target is 30 ms at the 99th percentile.
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
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.benchmarks.figure import Figure

_folder = tempfile.TemporaryDirectory()
os.environ.update({f"XDG_{name}_HOME": _folder.name for name in ("CONFIG", "STATE", "DATA")})
sys.path.insert(0, str(Path(__file__).parents[2]))  # where this file is run by its path

import numpy as np  # noqa: E402  the variables are read when Qt is loaded
from PySide6.QtCore import QSettings  # noqa: E402

from playground.gui.panels.block_outputs import BlockOutputs  # noqa: E402
from playground.gui.session.inference_thread import InferenceClient  # noqa: E402
from playground.gui.session.run_state import RunState  # noqa: E402
from playground.gui.start.app import application_of  # noqa: E402
from playground.gui.start.exception_hook import ExceptionHook  # noqa: E402
from playground.gui.start.program import Program  # noqa: E402
from playground.gui.start.window_shell import WindowShell  # noqa: E402
from playground.gui.style.settings import Settings  # noqa: E402
from playground.spec.files.presets import preset  # noqa: E402
from tests.benchmarks.window_training import Window, _wait  # noqa: E402

TARGET = 0.95  # of the speed with the switch off
LATENCY = 30.0  # milliseconds at the 99th percentile
MOVES = 200
SAMPLES = 12_000  # of an epoch: rounds are short, so that what else the machine does is alike in both halves


def main() -> int:
    """Measure and print; return 1 if training is too slow."""
    parser = argparse.ArgumentParser(description="Training with what layers compute on their blocks, and without.")
    parser.add_argument("--preset", default="textbook", metavar="NAME")
    parser.add_argument("--rounds", type=int, default=8, metavar="N", help="after one to warm up")
    parser.add_argument("--epochs", type=int, default=1, metavar="N", help="of each in a round")
    parser.add_argument("--pen", action="store_true", help="draw on the pad all the time")
    asked = parser.parse_args()
    ratio, _ = measured(asked.preset, asked.rounds, asked.epochs, drawing=asked.pen)
    return int(ratio < TARGET)


def figures(quick: bool) -> Iterator[Figure]:
    """The ratio of speeds while nobody draws, and the latency."""
    from tests.benchmarks.figure import Figure

    ratio, late = measured("textbook", 2 if quick else 8, 1)
    work = "textbook with what its layers compute on their blocks"
    yield Figure(work=work, value=ratio, unit="", peer="switched off", beside=1.0, bar=TARGET, better="higher")
    yield Figure(work="pen to blocks at rest: p99", value=late, unit="ms", bar=LATENCY)


def measured(name: str, rounds: int, epochs: int, *, drawing: bool = False) -> tuple[float, float]:
    """The median ratio of speeds, switched on to off, and the latency in milliseconds at the 99th percentile."""
    application = application_of(sys.argv[:1])
    settings = Settings(QSettings(str(Path(_folder.name, "settings.ini")), QSettings.Format.IniFormat))
    shell = WindowShell(application, settings, ExceptionHook(), lambda: Path(_folder.name, "runs"))
    program = Program(shell, Path(_folder.name))
    try:
        chosen = preset(name).experiment
        program.window.resize(1280, 2000)
        few = {"data": chosen.data.with_(train_limit=SAMPLES)} if hasattr(chosen.data, "train_limit") else {}
        program.document.load(chosen.with_(recipe=chosen.recipe.with_(epochs=1000), **few), None)
        _wait(program.run.state_changed, lambda: program.start(None), lambda: program.run.state is RunState.IDLE)
        window = Window(program)
        return _ratio(program, window, rounds, epochs, drawing), _latency(program, window)
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


def _latency(program: Program, window: Window) -> float:
    """From a movement, by which the pad is cleared or a line goes on, to what the blocks show."""
    program.view_menu.outputs.setChecked(True)
    assert program.task is not None
    (blocks,) = program.task.findChildren(BlockOutputs)
    (client,) = blocks.findChildren(InferenceClient)
    found = []
    for _ in range(MOVES):
        began = perf_counter()
        _wait(client.answered, window._move)
        found.append(1e3 * (perf_counter() - began))
    p50, p99 = np.percentile(found, (50, 99))
    print(f"pen to blocks at rest: p50 {p50:.1f} ms  p99 {p99:.1f} ms  {'ok' if p99 <= LATENCY else 'TOO LONG'}")
    return float(p99)


if __name__ == "__main__":
    sys.exit(main())
