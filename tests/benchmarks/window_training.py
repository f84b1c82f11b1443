"""How fast a network trains with the window open, beside the same trainer without one.

    python tests/benchmarks/window_training.py [--preset NAME] [--rounds 15] [--pen] [--platform offscreen|xvfb|both]

One process trains some epochs headless and as many in the whole window, by turns. While the window trains, its curves
are live and a digit stands on the pad, which is read again whenever the weights change; with `--pen` somebody draws on
it all the time. An epoch is timed in the thread that trains, from the end of one to the end of the next. The target is
95 % of the speed without a window, and a pause that is honoured within 100 ms.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter, thread_time
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from tests.benchmarks.figure import Figure

_folder = tempfile.TemporaryDirectory()
os.environ.update({f"XDG_{name}_HOME": _folder.name for name in ("CONFIG", "STATE", "DATA")})

from PySide6.QtCore import QEvent, QEventLoop, QObject, QSettings, QTimer  # noqa: E402  reads the variables when loaded
from PySide6.QtWidgets import QWidget  # noqa: E402

from playground.engine.training.snapshots import Epoch, Snapshot  # noqa: E402
from playground.gui.panels.pad.pad import Pad  # noqa: E402
from playground.gui.panels.pad.strokes import Point  # noqa: E402
from playground.gui.session.run_state import RunState  # noqa: E402
from playground.gui.start.app import application_of  # noqa: E402
from playground.gui.start.exception_hook import ExceptionHook  # noqa: E402
from playground.gui.start.program import Program  # noqa: E402
from playground.gui.start.window_shell import WindowShell  # noqa: E402
from playground.gui.style.settings import Settings  # noqa: E402
from playground.spec.experiment import Experiment  # noqa: E402
from playground.spec.files.presets import preset  # noqa: E402

TARGET = 0.95  # of the speed without a window
PROMPT = 0.1  # seconds from asking for a pause to the pause
SCREEN = ("xvfb-run", "-a", "-s", "-screen 0 1920x1200x24")
DIGIT = [(0.30, 0.25), (0.70, 0.25), (0.55, 0.50), (0.45, 0.80)]  # a seven, in shares of the pad
STROKE = 60  # movements of the pen in a stroke


class Found(NamedTuple):
    """What one process found: of the round in the middle, the speeds, and how long the slowest pause took."""

    headless: float  # epochs a second
    window: float  # epochs a second
    pause: float | None  # seconds; None where there was none

    @property
    def reached(self) -> bool:
        """Whether it is fast and prompt enough."""
        return self.window / self.headless >= TARGET and (self.pause is None or self.pause <= PROMPT)


def main() -> int:
    """Measure on each platform in a process of its own; return 1 if a target is missed."""
    asked = _arguments()
    if asked.here:
        asked.here.write_text(json.dumps(_measure(asked)), "utf-8")
        return 0
    wanted = ("offscreen", "xvfb") if asked.platform == "both" else (asked.platform,)
    each = [on_platform(platform, sys.argv[1:]) for platform in wanted]
    return int(not all(found is None or found.reached for found in each))


def figures(quick: bool) -> Iterator[Figure]:
    """Speed beside headless, and the slowest pause, offscreen and on a screen in memory."""
    from tests.benchmarks.figure import Figure  # not where this file is run by its path

    for platform in ("offscreen", "xvfb"):
        speed, pause = f"textbook in the window, {platform}", f"pause, {platform}: slowest"
        found = on_platform(platform, ["--rounds", "2", "--pauses", "3"] if quick else [])
        if found is None:
            yield Figure(work=speed, missing="there is no xvfb-run")
            continue
        yield Figure(
            work=speed,
            value=found.window,
            unit="epochs/s",
            peer="headless",
            beside=found.headless,
            bar=TARGET,
            better="higher",
        )
        yield Figure(work=pause, value=1e3 * (found.pause or 0.0), unit="ms", bar=1e3 * PROMPT)


def on_platform(platform: str, options: list[str]) -> Found | None:
    """Measure in a process of its own; None where there is no such platform."""
    if platform == "xvfb" and shutil.which(SCREEN[0]) is None:
        print("xvfb: left out, there is no xvfb-run")
        return None
    print(platform, flush=True)
    prefix = SCREEN if platform == "xvfb" else ()
    environment = {**os.environ, "QT_QPA_PLATFORM": "xcb" if platform == "xvfb" else "offscreen"}
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder, "found")
        command = [*prefix, sys.executable, __file__, *options, "--here", str(into)]
        subprocess.run(command, env=environment, check=True)
        return Found(*json.loads(into.read_text("utf-8")))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Training with the window open beside training without.")
    parser.add_argument("--preset", default="textbook", metavar="NAME")
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="after one to warm up")
    parser.add_argument("--epochs", type=int, default=1, metavar="N", help="of each in a round")
    parser.add_argument("--pauses", type=int, default=10, metavar="N", help="how often the run is paused, at the end")
    parser.add_argument("--pen", action="store_true", help="draw on the pad all the time")
    parser.add_argument("--platform", choices=("offscreen", "xvfb", "both"), default="both")
    parser.add_argument("--here", type=Path, metavar="FILE", help="in this process and on its platform; into a file")
    return parser.parse_args()


def _measure(asked: argparse.Namespace) -> Found:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update({f"XDG_{name}_HOME": folder for name in ("CONFIG", "STATE", "DATA")})

        application = application_of(sys.argv[:1])
        shell = WindowShell(application, Settings(QSettings()), ExceptionHook(), lambda: Path(folder, "runs"))
        program = Program(shell, Path(folder))
        try:
            return _compare(program, asked)
        finally:
            program.window.allow_close()
            program.close()


def _compare(program: Program, asked: argparse.Namespace) -> Found:
    """Time by turns, and print."""

    chosen = preset(asked.preset).experiment
    experiment = chosen.with_(recipe=chosen.recipe.with_(epochs=1000))
    program.document.load(experiment, None)
    _wait(program.run.state_changed, lambda: program.start(None), lambda: program.run.state is RunState.IDLE)
    headless, window = Headless(experiment), Window(program)
    rounds, headless_seconds, window_seconds = [], [], []
    for number in range(asked.rounds + 1):
        alone, (beside, share, drawn) = headless.epochs(asked.epochs), window.epochs(asked.epochs, asked.pen)
        if number:  # the first round warms caches up, and its curves are short
            headless_seconds += alone
            window_seconds += beside
            rounds.append((sum(alone) / sum(beside), len(alone) / sum(alone), len(beside) / sum(beside)))
            times = f"headless {sum(alone) / len(alone):.3f} s  window {sum(beside) / len(beside):.3f} s an epoch"
            note = f"window's thread busy {share:4.1%}, curves drawn {drawn:4.1f} times a second"
            print(f"  round {number}: {times}  {rounds[-1][0]:6.1%}  {note}", flush=True)
    ratio, *speeds = sorted(rounds)[(len(rounds) - 1) // 2]
    note = "ok" if ratio >= TARGET else "TOO SLOW"
    for name, of in (("fastest", min), ("median", median)):
        alone, beside = of(headless_seconds), of(window_seconds)
        print(f"  {name} epochs: headless {alone:.3f} s  window {beside:.3f} s  {alone / beside:.1%}")
    print(f"  speed with the window, median of the rounds: {ratio:.1%}  {note}", flush=True)
    waits = sorted(window.pause() for _ in range(asked.pauses))
    if waits:
        times = f"median {1e3 * median(waits):.0f} ms  worst {1e3 * waits[-1]:.0f} ms"
        print(f"  pause: {times}  {'TOO LATE' if waits[-1] > PROMPT else 'ok'}", flush=True)
    return Found(*speeds, pause=waits[-1] if waits else None)


class Headless:
    """The trainer by itself."""

    def __init__(self, experiment: Experiment) -> None:
        from playground.engine.data.in_memory import load
        from playground.engine.training.trainer import Trainer

        self._run = Trainer(experiment, load(experiment.data))

    def epochs(self, count: int) -> list[float]:
        """Seconds of each of the next epochs."""
        ends = [perf_counter()]
        for snapshot in self._run:
            if isinstance(snapshot, Epoch):
                ends.append(perf_counter())
                if len(ends) > count:
                    break
        return [after - before for before, after in pairwise(ends)]


class Window:
    """The same in the window, which a digit is drawn in."""

    def __init__(self, program: Program) -> None:
        from playground.gui.curves.plot import Plot

        self._run = program.run
        (self._pad,) = program.window.findChildren(Pad)
        plot = next(iter(program.window.findChildren(Plot)))
        self._paints = Paints(plot)
        self._path = _loops()
        self._pen = QTimer()
        self._pen.setInterval(16)
        self._pen.timeout.connect(self._move)
        self._draw_digit()

    def epochs(self, count: int, drawing: bool) -> tuple[list[float], float, float]:
        """Seconds of each of the next epochs; share that the window's thread computed; drawings of curves a second."""
        _wait(self._run.state_changed, self._run.train, lambda: self._run.state is RunState.TRAINING)
        if drawing:
            self._pen.start()
        box = self._run._mail_reader.mailbox
        box.snapshots = marked = Marked(box.snapshots)
        began, busy, before = perf_counter(), thread_time(), self._paints.count
        _wait(self._run.snapshots, lambda: None, lambda: len(marked.ends) > count)
        passed = perf_counter() - began
        share, drawn = (thread_time() - busy) / passed, (self._paints.count - before) / passed
        self._pen.stop()
        _wait(self._run.state_changed, self._run.pause, lambda: self._run.state is RunState.PAUSED)
        return [after - before for before, after in pairwise(marked.ends)][:count], share, drawn

    def pause(self) -> float:
        """Train for a moment, then pause; return the seconds until the window knows of it."""

        _wait(self._run.state_changed, self._run.train, lambda: self._run.state is RunState.TRAINING)
        timer = QTimer()
        timer.setSingleShot(True)
        timer.setInterval(237)
        _wait(timer.timeout, timer.start)
        began = perf_counter()
        _wait(self._run.state_changed, self._run.pause, lambda: self._run.state is RunState.PAUSED)
        return perf_counter() - began

    def _draw_digit(self) -> None:

        first, *others = (Point(x, y) for x, y in DIGIT)
        self._pad.pen_down(first, erase=False)
        for point in others:
            self._pad.pen_moved(point)
        self._pad.pen_up()

    def _move(self) -> None:

        number, place = next(self._path)
        if number:
            self._pad.pen_moved(place)
        else:
            self._pad.clear()
            self._pad.pen_down(place, erase=False)


def _loops() -> Iterator[tuple[int, Point]]:
    """The places of a pen that draws one loop after the other, and the number of each within its loop."""

    while True:
        for i in range(STROKE):
            turn = 2 * math.pi * i / STROKE
            yield i, Point(0.5 + 0.3 * math.sin(2 * turn), 0.5 - 0.35 * math.cos(turn))


class Marked(deque[Snapshot]):
    """What a run leaves for the window, and when it left the ends of epochs there: by the clock of its own thread."""

    def __init__(self, earlier: Iterable[Snapshot]) -> None:
        super().__init__(earlier)
        self.ends: list[float] = []

    def append(self, snapshot: Snapshot) -> None:
        """Keep it for the window."""
        super().append(snapshot)
        if type(snapshot) is Epoch:
            self.ends.append(perf_counter())


class Paints:
    """Counts how often a widget is painted."""

    def __init__(self, widget: QWidget) -> None:

        counts = self

        class Filter(QObject):
            def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
                counts.count += event.type() == QEvent.Type.Paint
                return super().eventFilter(watched, event)

        self.count = 0
        self._filter = Filter()
        widget.installEventFilter(self._filter)


def _wait(signal: Any, act: Callable[[], object], until: Callable[[], bool] = lambda: True) -> None:
    """Act, and let the event loop run until a signal came and a condition holds."""

    loop = QEventLoop()

    def look(*_: object) -> None:
        if until():
            loop.quit()

    connection = signal.connect(look)
    QTimer.singleShot(0, act)
    loop.exec()
    signal.disconnect(connection)


if __name__ == "__main__":
    sys.exit(main())
