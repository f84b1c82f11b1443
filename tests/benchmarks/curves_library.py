"""What the curves cost as pyqtgraph draws them beside our own painter: a frame, and the speed of the training.

    python -m tests.benchmarks curves_library
    python -m tests.benchmarks.curves_library [--part frames|training|both] [--platform offscreen|xvfb|both] ...

Both get the same figures, thinned to pixels, in the pane of a window of 1440 × 900. All that is compared takes turns in
one process. A frame is what was asked for drawn, and both plots painted; its processor time is measured beside the
time on the clock, as other programs lengthen the latter. The training is that of a preset in the whole window, whose
curves are drawn eight times a second: by our painter, by pyqtgraph, and not at all. The bars: pyqtgraph costs at most
2 % of the speed without curves, and draws a run of a million steps within 16 ms at the 99th percentile.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.benchmarks.contest import TOP, rotated
from tests.benchmarks.figure import Figure
from tests.benchmarks.window_training import SCREEN, Paints, Window, _wait  # before Qt: it sets where settings are kept

if TYPE_CHECKING:
    from playground.gui.curves.panel import CurvesPanel
    from tests.benchmarks.library_plot import Painting

FRAME = 0.016  # seconds at the 99th percentile
SPEED = 0.98  # of that without curves
NONE = "no curves"
OURS = "our painter"
PLATFORMS = ("offscreen", "xvfb")
STEPS = (1_000, 100_000, 1_000_000)


class Frames(NamedTuple):
    """Milliseconds of each frame: on the clock, and of the processor."""

    clock: list[float]
    processor: list[float]


class Turn(NamedTuple):
    """A while of training."""

    seconds: float  # an epoch
    busy: float  # share that the window's thread computed
    drawn: float  # frames a second


def main() -> int:
    """Measure what is asked for, and print; the verdict is that of the table of `python -m tests.benchmarks`."""
    parser = argparse.ArgumentParser(description="The curves as pyqtgraph draws them beside our own painter.")
    parser.add_argument("--part", choices=("frames", "training", "both"), default="both")
    parser.add_argument("--platform", choices=(*PLATFORMS, "both"), default="both")
    parser.add_argument("--steps", type=int, nargs="+", default=STEPS, metavar="N", help="of the runs that are drawn")
    parser.add_argument("--scale", type=float, nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--frames", type=int, default=200, metavar="N", help="of each kind")
    parser.add_argument("--preset", default="textbook", metavar="NAME")
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="after one to warm up")
    parser.add_argument("--here", type=Path, metavar="FILE", help="one part in this process; into a file")
    asked = parser.parse_args()
    if asked.here:
        found = _frames(asked.steps[0], asked.frames) if asked.part == "frames" else _training(asked)
        asked.here.write_text(json.dumps(found), "utf-8")
        return 0
    platforms = PLATFORMS if asked.platform == "both" else (asked.platform,)
    parts = ("frames", "training") if asked.part == "both" else (asked.part,)
    for _ in _figures(asked, platforms, parts):
        pass
    return 0


def figures(quick: bool) -> Iterator[Figure]:
    """Frames of both paintings and the training with either, beside none."""
    asked = argparse.Namespace(
        steps=STEPS[:2] if quick else STEPS,
        scale=(1, 2),
        frames=20 if quick else 200,
        preset="textbook",
        rounds=2 if quick else 15,
    )
    yield from _figures(asked, PLATFORMS, ("frames", "training"))


def _figures(asked: argparse.Namespace, platforms: Sequence[str], parts: Sequence[str]) -> Iterator[Figure]:
    from tests.benchmarks.__main__ import processor

    print(f"on {processor()}", flush=True)
    for platform in platforms:
        if platform == "xvfb" and shutil.which(SCREEN[0]) is None:
            yield Figure(work=f"curves, {platform}", missing="there is no xvfb-run")
            continue
        if "frames" in parts:
            for scale in asked.scale:
                for steps in asked.steps:
                    options = ["--part", "frames", "--steps", str(steps), "--frames", str(asked.frames)]
                    where = f"{steps:,} steps, {platform}, {scale:.0%}"
                    yield from _of_frames(where, _in_process(platform, scale, options))
        if "training" in parts:
            options = ["--part", "training", "--preset", asked.preset, "--rounds", str(asked.rounds)]
            yield from _of_training(f"{asked.preset}, {platform}", _in_process(platform, 1, options))


def _in_process(platform: str, scale: float, options: list[str]) -> Any:
    """What a process of its own finds, since platform and scale are read when Qt is loaded."""
    environment = {**os.environ, "QT_SCALE_FACTOR": str(scale)}
    environment["QT_QPA_PLATFORM"] = "xcb" if platform == "xvfb" else "offscreen"
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder, "found")
        command = [sys.executable, "-m", "tests.benchmarks.curves_library", *options, "--here", str(into)]
        prefix = SCREEN if platform == "xvfb" else ()
        subprocess.run([*prefix, *command], env=environment, cwd=TOP, check=True)
        return json.loads(into.read_text("utf-8"))


# frames


def _of_frames(where: str, found: dict[str, dict[str, list[list[float]]]]) -> Iterator[Figure]:
    """Print all, and give the slowest kind of frame on the clock, and beside ours that of a run that goes on."""
    print(where, flush=True)
    slowest: dict[str, tuple[float, str]] = {}
    for what, paintings in found.items():
        ours = Frames(*paintings[OURS])
        for painting, times in paintings.items():
            each = Frames(*times)
            clock, busy = _percentiles(each.clock), _percentiles(each.processor)
            ratio = median(here / there for here, there in zip(each.processor, ours.processor, strict=True))
            print(
                f"  {what:14} {painting:28} clock p50 {clock[0]:6.2f} p99 {clock[1]:6.2f} ms"
                f"  processor p50 {busy[0]:6.2f} p99 {busy[1]:6.2f} ms  median of pairs {ratio:5.2f}",
                flush=True,
            )
            slowest[painting] = max(slowest.get(painting, (0.0, "")), (clock[1], what))
            if painting != OURS and what == "appending":
                beside = _percentiles(ours.processor)[0]
                work = f"a frame of {where}, {painting}: processor, p50"
                yield Figure(work=work, value=beside * ratio, unit="ms", peer=OURS, beside=beside)
    for painting, (p99, what) in slowest.items():
        work = f"a frame of {where}, {painting}: slowest ({what}), p99"
        yield Figure(work=work, value=p99, unit="ms", bar=1e3 * FRAME)


def _percentiles(times: list[float]) -> tuple[float, float]:
    ordered = sorted(times)
    return median(ordered), ordered[min(int(0.99 * len(ordered)), len(ordered) - 1)]


def _frames(steps: int, frames: int) -> dict[str, dict[str, Frames]]:
    """Milliseconds by what was done and by who painted; each frame of one is followed by the same one of the other."""
    from PySide6.QtWidgets import QApplication

    from playground.gui.app import application_of
    from playground.gui.garbage import Collector
    from playground.gui.theme import DARK, palette_of
    from tests.benchmarks.curves import settle, snapshots
    from tests.benchmarks.library_plot import Painting

    application = application_of(sys.argv[:1])
    application.setPalette(palette_of(DARK))
    per_epoch = 1000 if steps >= 100_000 else 100
    run = snapshots(steps, per_epoch)
    panels = {painting: _panel(painting, run, per_epoch) for painting in Painting}
    settle()
    del run
    gc.freeze()  # as the program does once it has begun
    collector = Collector()
    collector.start()
    works = {painting: _works(panel, steps, per_epoch) for painting, panel in panels.items()}
    found: dict[str, dict[str, Frames]] = {}
    for what in next(iter(works.values())):
        found[what] = {painting.value: Frames([], []) for painting in panels}
        for number in range(frames + 1):
            for painting in rotated(tuple(panels), number):
                began, busy = perf_counter(), process_time()
                works[painting][what](number)
                QApplication.processEvents()
                if number:
                    times = found[what][painting.value]
                    times.clock.append(1e3 * (perf_counter() - began))
                    times.processor.append(1e3 * (process_time() - busy))
    collector.close()
    return found


def _panel(painting: Painting, run: list[Any], per_epoch: int) -> CurvesPanel:
    """A pane that shows the run."""
    from playground.gui.curves.panel import CurvesPanel
    from playground.spec.experiment import Experiment
    from playground.spec.recipe import Recipe
    from tests.benchmarks.curves import SIZE
    from tests.benchmarks.library_plot import mounted, show_plots

    panel = CurvesPanel()
    show_plots(panel, mounted(panel, painting))
    panel.resize(*SIZE)
    panel.show()
    panel.begin(Experiment(recipe=Recipe(epochs=len(run) // per_epoch + 10)), per_epoch)
    for first in range(0, len(run), 10_000):
        panel.add(run[first : first + 10_000])
    panel._draw_all()
    return panel


def _works(panel: CurvesPanel, steps: int, per_epoch: int) -> dict[str, Callable[[int], None]]:
    """What is done to a pane in a frame."""
    from tests.benchmarks.curves import FRESH, epoch, mouse, step, wheel

    ends = iter(range(steps // per_epoch, 10 * steps))
    fresh = iter(range(steps + 1, 10 * steps))
    taken = min(FRESH, steps // 100)
    plots = (panel.loss_plot, panel.score_plot)

    def append(_number: int) -> None:
        panel.add([step(next(fresh), per_epoch, 0.1, 0.97) for _ in range(taken)])
        panel._draw()

    def end_epoch(_number: int) -> None:
        panel.add([epoch(next(ends), next(fresh), 0.1)])
        panel._draw()

    def move_hair(number: int) -> None:
        from PySide6.QtCore import QPointF

        mouse(plots[0], QPointF(80 + 3 * number % 300, 60))

    def zoom(number: int) -> None:
        wheel(plots[0], 120 if number % 40 < 20 else -120)
        panel._draw()

    def all_anew(_number: int) -> None:
        panel._draw_all()

    return {"appending": append, "epoch's end": end_epoch, "all anew": all_anew, "crosshair": move_hair, "zoom": zoom}


# training


def _of_training(where: str, found: dict[str, list[list[float]]]) -> Iterator[Figure]:
    """Of each painting the speed beside none, from the round in the middle."""
    print(where, flush=True)
    none = [Turn(*turn) for turn in found[NONE]]
    for kind, turns in found.items():
        each = [Turn(*turn) for turn in turns]
        ratios = sorted(
            (alone.seconds / here.seconds, 1 / here.seconds) for here, alone in zip(each, none, strict=True)
        )
        ratio, speed = ratios[(len(ratios) - 1) // 2]
        low, high = ratios[len(ratios) // 4][0], ratios[3 * len(ratios) // 4][0]
        print(
            f"  {kind:28} {speed:6.3f} epochs/s  {ratio:6.1%} of {NONE} (quartiles {low:.1%} to {high:.1%})"
            f"  window's thread busy {median(turn.busy for turn in each):5.2%}"
            f"  drawn {median(turn.drawn for turn in each):4.1f} times a second, {_frame(each, none):5.2f} ms each",
            flush=True,
        )
        if kind != NONE:
            work, beside = f"{where}: training speed, {kind}", speed / ratio
            note = f"processor of the window's thread for a frame: {_frame(each, none):.2f} ms"
            yield Figure(
                work=work,
                value=speed,
                unit="epochs/s",
                peer=NONE,
                beside=beside,
                bar=SPEED,
                better="higher",
                note=note,
            )


def _frame(turns: list[Turn], none: list[Turn]) -> float:
    """Milliseconds that the window's thread computes for a frame of the curves; 0 where there are none."""
    drawn = median(turn.drawn for turn in turns)
    return 1e3 * (median(turn.busy for turn in turns) - median(turn.busy for turn in none)) / drawn if drawn else 0.0


def _training(asked: argparse.Namespace) -> dict[str, list[Turn]]:
    """Train by turns without curves and with those of each painting."""
    from PySide6.QtCore import QSettings

    from playground.gui.app import application_of
    from playground.gui.frame import Frame
    from playground.gui.program import Program
    from playground.gui.run import RunState
    from playground.gui.settings import Settings
    from playground.gui.unexpected import Unexpected
    from playground.spec.presets import preset

    application = application_of(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        program = Program(Frame(application, Settings(QSettings()), Unexpected()), Path(folder))
        program.window.resize(1440, 900)
        try:
            chosen = preset(asked.preset).experiment
            program.document.load(chosen.with_(recipe=chosen.recipe.with_(epochs=1000)), None)
            _wait(program.run.state_changed, lambda: program.start(None), lambda: program.run.state is RunState.IDLE)
            return _turns(program, asked.rounds)
        finally:
            program.window.allow_close()
            program.close()


def _turns(program: Any, rounds: int) -> dict[str, list[Turn]]:
    from PySide6.QtWidgets import QApplication

    from tests.benchmarks.library_plot import LibraryPlot, Painting, mounted, show_plots

    panel = program.curves
    window = Window(program)
    plots = {painting.value: mounted(panel, painting) for painting in Painting}
    found: dict[str, list[Turn]] = {kind: [] for kind in (NONE, *plots)}
    for number in range(rounds + 1):
        for kind in rotated(tuple(found), number):
            panel.setVisible(kind != NONE)
            if kind != NONE:
                show_plots(panel, plots[kind])
                plot = plots[kind][0]
                window._paints = Paints(plot.canvas.viewport() if isinstance(plot, LibraryPlot) else plot)
            QApplication.processEvents()
            seconds, busy, drawn = window.epochs(1, drawing=False)
            turn = Turn(sum(seconds) / len(seconds), busy, drawn if kind != NONE else 0.0)
            if number:  # the first round warms caches up, and its curves are short
                found[kind].append(turn)
        if number:
            times = "  ".join(f"{kind} {turns[-1].seconds:.3f} s" for kind, turns in found.items())
            print(f"  round {number}: {times}", flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
