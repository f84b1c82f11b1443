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
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from tests.benchmarks.contest import TOP, rotated
from tests.benchmarks.figure import Figure
from tests.benchmarks.window_training import SCREEN, Paints, Window, _wait  # before Qt: it sets where settings are kept

FRAME = 0.016  # seconds at the 99th percentile
SPEED = 0.98  # of that without curves
NONE = "no curves"
OURS = "our painter"
PLATFORMS = ("offscreen", "xvfb")
STEPS = (1_000, 100_000, 1_000_000)


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
        from tests.benchmarks.library_frames import frames_of

        found = frames_of(asked.steps[0], asked.frames) if asked.part == "frames" else _training(asked)
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


def _of_frames(where: str, found: dict[str, dict[str, list[list[float]]]]) -> Iterator[Figure]:
    """Print all, and give the slowest kind of frame on the clock, and beside ours that of a run that goes on."""
    from tests.benchmarks.library_frames import Frames

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

    from playground.gui.session.run_state import RunState
    from playground.gui.start.app import application_of
    from playground.gui.start.exception_hook import ExceptionHook
    from playground.gui.start.program import Program
    from playground.gui.start.window_shell import WindowShell
    from playground.gui.style.settings import Settings
    from playground.spec.files.presets import preset

    application = application_of(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        program = Program(WindowShell(application, Settings(QSettings()), ExceptionHook()), Path(folder))
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

    panel = program.results.curves
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
