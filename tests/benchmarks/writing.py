"""What it costs a run that the network writes meanwhile, and how fast it writes.

    python tests/benchmarks/writing.py [--preset shakespeare-lstm] [--rounds 4] [--seconds 8]

The whole window, offscreen, trains; by turns the panel writes and rests. Told are steps a second of both, their ratio,
and characters a second. A run should not lose more than a few per cent.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

_folder = tempfile.TemporaryDirectory()
os.environ.update({f"XDG_{name}_HOME": _folder.name for name in ("CONFIG", "STATE", "DATA")})
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QSettings  # noqa: E402  reads the variables when loaded

from playground.gui.panels.writing.panel import WritingPanel  # noqa: E402
from playground.gui.session.run_state import RunState  # noqa: E402
from playground.gui.start.app import application_of  # noqa: E402
from playground.gui.start.exception_hook import ExceptionHook  # noqa: E402
from playground.gui.start.program import Program  # noqa: E402
from playground.gui.start.window_shell import WindowShell  # noqa: E402
from playground.gui.style.settings import Settings  # noqa: E402
from playground.spec.files.presets import preset  # noqa: E402


def main(name: str, rounds: int, seconds: float) -> None:
    """Train in the window, and measure by turns."""
    application = application_of(sys.argv[:1])
    program = Program(WindowShell(application, Settings(QSettings()), ExceptionHook()), Path(_folder.name))

    def wait(until: Callable[[], bool]) -> None:
        while not until():
            application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    program.start(None)
    wait(lambda: program.run.state is RunState.IDLE)
    program.document.load(preset(name).experiment, None)
    program.run.train()
    wait(lambda: program.run.progress.step > 20)
    assert program.task is not None
    task = program.task.panel
    assert isinstance(task, WritingPanel)
    written = 0

    def count(_question: object) -> None:
        nonlocal written
        written += 1

    task.writing.asked.connect(count)
    rates: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(2 * rounds):
        writes = turn % 2 == 0
        if writes:
            task.writing.begin()
        else:
            task.writing.rest()
        step, began = program.run.progress.step, perf_counter()
        wait(lambda began=began: perf_counter() - began > seconds)  # type: ignore[misc]
        rates[writes].append((program.run.progress.step - step) / (perf_counter() - began))
    writing, resting = (sum(rates[key]) / rounds for key in (True, False))
    figures = {"steps/s writing": writing, "steps/s resting": resting, "ratio": writing / resting}
    print(json.dumps({**figures, "characters/s": written / rounds / seconds}))
    program.window.allow_close()
    program.close()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="What it costs a run that the network writes meanwhile.")
    arguments.add_argument("--preset", default="shakespeare-lstm")
    arguments.add_argument("--rounds", type=int, default=4)
    arguments.add_argument("--seconds", type=float, default=8.0)
    asked = arguments.parse_args()
    main(asked.preset, asked.rounds, asked.seconds)
