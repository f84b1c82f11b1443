"""How much memory the program takes while it trains, beside a process that has imported torch and Qt and does nothing.

    python tests/benchmarks/memory.py [--preset textbook] [--epochs 2]

The target for `textbook` is no more than 200 MB above the imports. Without `QT_QPA_PLATFORM` the window is shown on the
display there is.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from tests.benchmarks.figure import Figure

TARGET = 200  # MB above the imports
PART = "--part"  # of which the process itself is one


def main() -> int:
    """Measure each in a process of its own; return 1 if the target is missed."""
    parser = argparse.ArgumentParser(description="The memory of a window that trains.")
    parser.add_argument("--preset", default="textbook", metavar="NAME")
    parser.add_argument("--epochs", type=int, default=2, metavar="N")
    parser.add_argument(PART, choices=("imports", "window"))
    asked = parser.parse_args()
    if asked.part:
        print(imports() if asked.part == "imports" else window(asked.preset, asked.epochs))
        return 0
    base, taken = measured(asked.preset, asked.epochs)
    above = taken - base
    note = "ok" if above <= TARGET else "TOO MUCH"
    print(f"torch and Qt imported {base:.0f} MB, training {asked.preset} {taken:.0f} MB: {above:+.0f} MB  {note}")
    return int(above > TARGET)


def figures(quick: bool) -> Iterator[Figure]:
    """What training takes above the imports."""
    from tests.benchmarks.figure import Figure  # not where this file is run by its path

    base, taken = measured("textbook", 1 if quick else 2)
    note = f"{taken:.0f} MB, of which {base:.0f} MB are the imports of torch and Qt"
    yield Figure(work="training textbook: above the imports", value=taken - base, unit="MB", bar=TARGET, note=note)


def measured(name: str, epochs: int) -> tuple[float, float]:
    """MB of the imports, and of the window that trains a preset, each in a process of its own."""
    base, taken = (_in_process(part, name, epochs) for part in ("imports", "window"))
    return base, taken


def _in_process(part: str, name: str, epochs: int) -> float:
    command = [sys.executable, __file__, "--preset", name, "--epochs", str(epochs), PART, part]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return float(done.stdout.splitlines()[-1])


def resident() -> float:
    """MB of memory that this process has now."""
    return psutil.Process().memory_info().rss / 1e6


def imports() -> float:
    """What the libraries take, imported as the program does it."""
    from PySide6.QtWidgets import QApplication

    import playground.engine.training.trainer  # noqa: F401

    application = QApplication([])
    found = resident()
    application.quit()
    return found


def window(name: str, epochs: int) -> float:
    """What the program takes at most while it trains."""
    folder = tempfile.TemporaryDirectory()
    os.environ.update({f"XDG_{name}_HOME": folder.name for name in ("CONFIG", "STATE", "DATA")})
    from PySide6.QtCore import QSettings, QTimer

    from playground.gui.session.run_state import RunState
    from playground.gui.start.app import application_of
    from playground.gui.start.exception_hook import ExceptionHook
    from playground.gui.start.program import Program
    from playground.gui.start.window_shell import WindowShell
    from playground.gui.style.settings import Settings
    from playground.spec.files.presets import preset

    application = application_of(sys.argv[:1])
    program = Program(WindowShell(application, Settings(QSettings()), ExceptionHook()), Path(folder.name))
    chosen = preset(name).experiment
    program.document.load(chosen.with_(recipe=chosen.recipe.with_(epochs=epochs)), None)
    most = 0.0

    def look() -> None:
        nonlocal most
        most = max(most, resident())

    def follow(state: RunState) -> None:
        if state is RunState.IDLE:
            program.run.train()
        elif state is RunState.FINISHED:
            look()
            application.quit()

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(200)
    program.run.state_changed.connect(follow)
    program.start(None)
    application.exec()
    program.window.allow_close()
    program.close()
    return most


if __name__ == "__main__":
    sys.exit(main())
