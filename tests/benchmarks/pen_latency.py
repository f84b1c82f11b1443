"""How long after a movement of the pen the bars show it, while the network trains.

    python tests/benchmarks/pen_latency.py [PRESET] [--moves 600]

The whole window trains a preset while digits are drawn on its pad with mouse events, one every 16 ms. A movement's
time begins when it is due, not when the event loop gets to it, and ends when bars that know of it are on the window.
The target is 16 ms at the 99th percentile. Without `QT_QPA_PLATFORM` the window is shown on the display there is.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.benchmarks.figure import Figure

INTERVAL = 0.016  # seconds between two movements
TARGET = 0.016  # seconds at the 99th percentile
SETTLING = 2.0  # seconds of training before the first movement
STROKE = 60  # movements in a stroke

_folder = tempfile.TemporaryDirectory()
os.environ.update({f"XDG_{name}_HOME": _folder.name for name in ("CONFIG", "STATE", "DATA")})

import numpy as np  # noqa: E402  the variables are read when Qt is loaded
from PySide6.QtCore import QEvent, QObject, QPointF, QSettings, Qt, QTimer, Slot  # noqa: E402
from PySide6.QtGui import QMouseEvent  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from playground.gui.panels.digits.inference import ClassProbabilities  # noqa: E402
from playground.gui.panels.inference_link import InferenceLink  # noqa: E402
from playground.gui.panels.pad.pad import Pad  # noqa: E402
from playground.gui.session.inference_thread import InferenceClient  # noqa: E402
from playground.gui.session.run_state import RunState  # noqa: E402
from playground.gui.start.app import application_of  # noqa: E402
from playground.gui.start.exception_hook import ExceptionHook  # noqa: E402
from playground.gui.start.program import Program  # noqa: E402
from playground.gui.start.window_shell import WindowShell  # noqa: E402
from playground.gui.style.settings import Settings  # noqa: E402
from playground.spec.files.presets import preset  # noqa: E402


class Hand(QObject):
    """Draws as soon as the network trains, and notes when each movement's bars were painted."""

    def __init__(self, program: Program, moves: int) -> None:
        super().__init__()
        self._program, self._moves = program, moves
        self._pad: Pad | None = None
        self._due = 0.0
        self._pending: list[tuple[float, object]] = []  # when each was due, and the picture that it made
        self._shown: object = None  # the picture that the bars know of
        self.latencies: list[float] = []
        self.still_training = True
        program.run.state_changed.connect(self._state)
        self._clock = QTimer(self)
        self._clock.setTimerType(Qt.TimerType.PreciseTimer)
        self._clock.timeout.connect(self._tick)

    def _take_pen(self) -> None:
        """Find what is there by now: the pad comes after the window's first paint."""
        (self._pad,) = self._program.window.findChildren(Pad)
        (link,) = self._program.window.findChildren(InferenceLink)
        (client,) = link.findChildren(InferenceClient)
        client.answered.connect(self._answered)
        self._path = _path(self._pad)

    @Slot(object)
    def _state(self, state: RunState) -> None:
        if state is RunState.IDLE:
            self._take_pen()
            self._program.run.train()
        elif state is RunState.TRAINING:
            QTimer.singleShot(int(1000 * SETTLING), self, self._start)
        else:
            self.still_training = False
            self._clock.stop()
            QApplication.quit()

    @Slot()
    def _start(self) -> None:
        self._due = time.perf_counter()
        self._clock.start(1)

    @Slot()
    def _tick(self) -> None:
        if len(self.latencies) >= self._moves:
            self._clock.stop()
            QApplication.quit()
        elif time.perf_counter() >= self._due:
            self._draw()

    def _draw(self) -> None:
        """Send what is due; of movements that are late the last one alone arrives, as the window system does it."""
        late: list[float] = []
        last: QPointF | None = None
        now = time.perf_counter()
        while self._due <= now:
            kind, place = next(self._path)
            if kind is QEvent.Type.MouseMove:
                late.append(self._due)
                last = place
            else:
                self._move(last)
                last = None
                _send(self._pad, kind, place)
            self._due += INTERVAL
        self._move(last)
        self._pending += [(due, self._pad.picture()) for due in late]

    def _move(self, place: QPointF | None) -> None:
        if place is not None:
            _send(self._pad, QEvent.Type.MouseMove, place)

    @Slot(object)
    def _answered(self, answer: object) -> None:
        """The panel has painted the bars when this is called; they are on the window once the loop comes round again.

        (Bars that look as before are not painted at all.) What the layers compute comes after the bars, for the blocks.
        """
        if isinstance(answer, ClassProbabilities):
            self._shown = answer.picture
            QTimer.singleShot(0, self, self._painted)

    @Slot()
    def _painted(self) -> None:
        known = next((i for i, (_, picture) in enumerate(self._pending) if picture is self._shown), -1)
        now = time.perf_counter()
        self.latencies += [now - due for due, _ in self._pending[: known + 1]]
        del self._pending[: known + 1]


def _path(pad: Pad) -> Iterator[tuple[QEvent.Type, QPointF]]:
    """Loops of ever other shape, each a stroke, the pad cleared between them."""
    number = 0
    while True:
        pad.clear()
        side = pad.square().width()
        for i in range(STROKE):
            turn = 2 * math.pi * i / STROKE
            x, y = 0.5 + 0.3 * math.sin((1 + number % 3) * turn), 0.5 - 0.35 * math.cos(turn + number)
            yield QEvent.Type.MouseMove if i else QEvent.Type.MouseButtonPress, QPointF(x * side, y * side)
        yield QEvent.Type.MouseButtonRelease, QPointF(x * side, y * side)
        number += 1


def _send(pad: Pad, kind: QEvent.Type, place: QPointF) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind is QEvent.Type.MouseMove else left
    buttons = none if kind is QEvent.Type.MouseButtonRelease else left
    where = QPointF(pad.mapToGlobal(place))
    QApplication.sendEvent(pad, QMouseEvent(kind, place, where, button, buttons, Qt.KeyboardModifier.NoModifier))


def main() -> int:
    """Measure and print; return 1 if training ended before enough was drawn."""
    parser = argparse.ArgumentParser(description="From a movement of the pen to new bars, while training.")
    parser.add_argument("preset", nargs="?", default="fast-cnn", metavar="PRESET")
    parser.add_argument("--moves", type=int, default=600, metavar="N")
    asked = parser.parse_args()
    return int(usual(application_of(sys.argv[:1]), asked.preset, asked.moves) is None)


def figures(quick: bool) -> Iterator[Figure]:
    """A quick preset, and one whose batches take longer."""
    from tests.benchmarks.figure import Figure  # not where this file is run by its path

    application = application_of(sys.argv[:1])
    for name in ("fast-cnn", "textbook"):
        p99 = usual(application, name, 100 if quick else 600)
        missing = "" if p99 is not None else "it ended before enough was drawn"
        work = f"pen to bars while {name} trains: p99"
        yield Figure(work=work, value=p99, unit="ms", bar=1e3 * TARGET, missing=missing)


def usual(application: QApplication, name: str, moves: int) -> float | None:
    """Draw while a preset trains and print; milliseconds at the 99th percentile, None if training ended too early."""
    program = Program(WindowShell(application, Settings(QSettings()), ExceptionHook()), Path(_folder.name))
    chosen = preset(name).experiment
    program.document.load(chosen.with_(recipe=chosen.recipe.with_(epochs=100)), None)
    hand = Hand(program, moves)
    program.start(None)
    application.exec()
    program.window.allow_close()
    program.close()
    if not hand.still_training or not hand.latencies:
        print("training ended before enough was drawn", file=sys.stderr)
        return None
    p50, p99, worst = (1e3 * float(found) for found in np.percentile(hand.latencies, (50, 99, 100)))
    note = "ok" if p99 <= 1e3 * TARGET else "TOO LONG"
    print(f"{len(hand.latencies)} movements  p50 {p50:.1f} ms  p99 {p99:.1f} ms  worst {worst:.1f} ms  {note}")
    return p99


if __name__ == "__main__":
    sys.exit(main())
