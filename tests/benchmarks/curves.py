"""How long a frame of the curves takes when a run is very long, and how much memory it needs.

    python tests/benchmarks/curves.py [--steps 1000000] [--epochs 1000] [--scale 1 2] [--overlays 0]

A frame is what was asked for drawn, and both plots painted, in a window of 1440 × 900 at 100 and at 200 %. The target
is 16 ms at the 99th percentile. Without `QT_QPA_PLATFORM` the window is shown on the display there is.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import psutil
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from playground.engine.training.snapshots import Epoch, Snapshot, Step, Terms
from playground.gui.curves.axis import Axis, timeline
from playground.gui.curves.panel import CurvesPanel
from playground.gui.curves.series import Column, Series
from playground.gui.curves.stored_curve import Overlay, StoredCurve
from playground.gui.start.app import application_of
from playground.gui.start.gc_in_main_thread import Collector
from playground.gui.style.run_colors import RUN_COLORS, OverlaidRun
from playground.gui.style.theme import DARK, palette_of
from playground.spec.data.task import Score
from playground.spec.experiment import Experiment
from playground.spec.recipe.recipe import Recipe

if TYPE_CHECKING:
    from tests.benchmarks.figure import Figure

TARGET = 0.016  # seconds
SIZE = (926, 214)  # of the pane in a window of 1440 × 900
FRESH = 120  # steps between two frames


class Found(NamedTuple):
    """What one process found."""

    memory: float  # MB a million steps
    frames: dict[str, float]  # seconds at the 99th percentile, by what was done


def main() -> int:
    """Measure at each scale in a process of its own; return 1 if the target is missed."""
    parser = argparse.ArgumentParser(description="Frames of the curves of a very long run.")
    parser.add_argument("--steps", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--epochs", type=int, default=1000, metavar="N")
    parser.add_argument("--scale", type=float, nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--frames", type=int, default=100, metavar="N")
    parser.add_argument("--overlays", type=int, default=0, metavar="N", help="stored runs of 20,000 steps below it")
    parser.add_argument("--here", type=Path, metavar="FILE", help="in this process, at the scale there is; into a file")
    asked = parser.parse_args()
    if asked.here:
        found = measure(asked.steps, asked.epochs, asked.frames, asked.overlays)
        asked.here.write_text(json.dumps(found), "utf-8")
        return 0
    each = [at_scale(scale, asked.steps, asked.epochs, asked.frames, asked.overlays) for scale in asked.scale]
    return int(any(p99 > TARGET for found in each for p99 in found.frames.values()))


def figures(quick: bool) -> Iterator[Figure]:
    """The slowest frame at each scale, and the memory."""
    from tests.benchmarks.figure import Figure  # not where this file is run by its path

    steps, epochs, frames = (100_000, 100, 20) if quick else (1_000_000, 1000, 100)
    for scale, overlays in product((1, 2), (0, 10)):
        found = at_scale(scale, steps, epochs, frames, overlays)
        name = max(found.frames, key=found.frames.__getitem__)
        work = f"{steps:,} steps at {scale:.0%}" + (f" with {overlays} overlaid runs" if overlays else "")
        slowest = 1e3 * found.frames[name]
        yield Figure(work=f"{work}: slowest frame ({name}), p99", value=slowest, unit="ms", bar=1e3 * TARGET)
        yield Figure(work=f"{work}: memory of a million steps", value=found.memory, unit="MB")


def at_scale(scale: float, steps: int, epochs: int, frames: int, overlays: int) -> Found:
    """Measure in a process of its own, since the scale is read when Qt is loaded."""
    print(f"{scale:.0%}, {overlays} overlaid runs", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder, "found")
        numbers = {"--steps": steps, "--epochs": epochs, "--frames": frames, "--overlays": overlays}
        options = [*(str(part) for item in numbers.items() for part in item), "--here", str(into)]
        environment = {**os.environ, "QT_SCALE_FACTOR": str(scale)}
        subprocess.run([sys.executable, __file__, *options], env=environment, check=True)
        return Found(*json.loads(into.read_text("utf-8")))


def measure(steps: int, epochs: int, frames: int, overlays: int) -> Found:
    """Fill a pane with a run, time what can be done to it, and print."""
    application = application_of(sys.argv[:1])
    application.setPalette(palette_of(DARK))
    panel = CurvesPanel()
    panel.resize(*SIZE)
    panel.show()
    per_epoch = steps // epochs
    experiment = Experiment(recipe=Recipe(epochs=epochs + 10))
    process = psutil.Process()
    run = snapshots(steps, per_epoch)
    before = process.memory_info().rss
    panel.begin(experiment, per_epoch)
    for first in range(0, len(run), 10_000):
        panel.add(run[first : first + 10_000])
    settle()
    found = Found((process.memory_info().rss - before) / steps, {})
    overlay(panel, overlays, steps // per_epoch)
    del run  # the program keeps no snapshot either: to go through a million of them takes the collector 0.2 s
    gc.freeze()  # as the program does once it has begun
    collector = Collector()
    collector.start()
    print(f"  {steps:,} steps, {epochs:,} epochs: {found.memory:.0f} MB a million steps", flush=True)
    for name, do in frames_of(panel, steps, per_epoch).items():
        times = []
        for number in range(frames):
            began = perf_counter()
            do(number)
            QApplication.processEvents()
            times.append(perf_counter() - began)
        p50, p99, worst = 1e3 * np.percentile(times, (50, 99, 100))
        found.frames[name] = float(p99) / 1e3
        note = "TOO LONG" if found.frames[name] > TARGET else "ok"
        print(f"  {name:24} p50 {p50:6.2f} ms  p99 {p99:6.2f} ms  worst {worst:6.2f} ms  {note}", flush=True)
    collector.close()
    return found


def overlay(panel: CurvesPanel, count: int, epochs: int) -> None:
    """Show runs of 20,000 steps over these epochs; every other one has no validation."""
    runs, lines = [], {axis: timeline(axis, (), 20_000 // epochs, 1.0) for axis in Axis}
    for number in range(count):
        steps = 20_000 if number % 2 else epochs
        x, loss, score = Column(np.float64), Series(), Series()
        x.extend(np.arange(1, steps + 1) * (epochs / steps))
        noise = np.random.default_rng(number).lognormal(sigma=0.5, size=steps + 99)
        means = np.convolve(noise, np.ones(100) / 100, "valid") if number % 2 else 1.0 + noise[99:] / 100
        loss.extend(means * (0.2 + 0.1 * number))
        score.extend(1.0 - loss.values / 3)
        curve = StoredCurve(x, loss, score, max(steps // epochs, 1), not number % 2, Score.ACCURACY, lines)
        runs.append(Overlay(OverlaidRun(str(number), f"run {number}", RUN_COLORS[number]), curve))
    if runs:
        panel.plots.show_overlays(tuple(runs), Score.ACCURACY)
        panel._draw_all()


def frames_of(panel: CurvesPanel, steps: int, per_epoch: int) -> dict[str, Callable[[int], None]]:
    """What can be done to the pane, by name; each is told the number of the frame."""
    fresh = iter(range(steps + 1, 10 * steps))
    plot, header = panel.plots.loss_plot, panel.header

    def append(_number: int) -> None:
        panel.add([step(next(fresh), per_epoch, 0.1, 0.97) for _ in range(FRESH)])
        panel._draw()

    def end_epoch(number: int) -> None:
        panel.add([epoch(steps // per_epoch + number, next(fresh), 0.1)])
        panel._draw()

    def zoom(number: int) -> None:
        wheel(plot, 120 if number % 40 < 20 else -120)
        panel._draw()

    def move_hair(number: int) -> None:
        place = QPointF(80 + 3 * number % 300, 60)
        mouse(plot, place)

    def logarithmic(_number: int) -> None:
        header.log.toggle()
        panel._draw()

    def smoothing(number: int) -> None:
        header.slider.setValue(2 + number % 5)
        panel._draw()

    def all_anew(_number: int) -> None:
        panel._draw_all()

    return {
        "appending": append,
        "end of an epoch": end_epoch,
        "all anew": all_anew,
        "crosshair moving": move_hair,
        "zooming in and out": zoom,
        "logarithmic and back": logarithmic,
        "other smoothing": smoothing,
        "appending, smoothed": append,
    }


def snapshots(steps: int, per_epoch: int) -> list[Snapshot]:
    """A run whose loss falls, noisily."""
    noise = np.random.default_rng(0).lognormal(sigma=0.5, size=steps)
    losses = (2.0 / (1 + np.arange(steps) / 200) + 0.05) * noise
    found: list[Snapshot] = []
    for number, loss in enumerate(losses.tolist(), 1):
        found.append(step(number, per_epoch, loss, max(0.0, 1.0 - loss / 3)))
        if number % per_epoch == 0:
            found.append(epoch(number // per_epoch, number, loss))
    return found


def step(number: int, per_epoch: int, loss: float, score: float) -> Step:
    return Step(number, number / per_epoch, loss, Terms(), score, 0.001, 32)


def epoch(number: int, steps: int, loss: float) -> Epoch:
    return Epoch(number, steps, 1.0, 0.1, 0.97, 0.1 + loss / 100, 0.96)


def wheel(plot: object, turn: int) -> None:
    where = QPointF(200, 80)
    event = QWheelEvent(where, where, QPoint(), QPoint(0, turn), *NO_BUTTON, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(plot, event)  # type: ignore[arg-type]


def mouse(plot: object, place: QPointF) -> None:
    none, modifiers = NO_BUTTON
    event = QMouseEvent(QEvent.Type.MouseMove, place, place, Qt.MouseButton.NoButton, none, modifiers)
    QApplication.sendEvent(plot, event)  # type: ignore[arg-type]


def settle() -> None:
    """Let everything be done that waits."""
    for _ in range(3):
        QApplication.processEvents()


NO_BUTTON = (Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier)


if __name__ == "__main__":
    sys.exit(main())
