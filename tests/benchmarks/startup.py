"""How long a start takes: until the window is painted, until it is filled, and until it can train.

    python tests/benchmarks/startup.py [--repeat 5]

Every start is a new process that does what `playground` does, with settings of its own in an empty folder; modules are
compiled before, as an installation does it. Beside each, another process imports torch and nothing else. Without
`QT_QPA_PLATFORM` the window is drawn on the display there is. The targets are 0.5 s to the painted window, and half a
second more than torch's own import until it can train.

What the columns say: *window*, bars and panes are painted, empty; *usable*, the stack, the menus, the palette and the
forms are there, and everything but drawing, curves and training works; *whole*, nothing is missing but torch; *trains*.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import playground

if TYPE_CHECKING:
    from tests.benchmarks.figure import Figure

TARGET = 0.5  # seconds to the painted window
BEYOND_TORCH = 0.5  # seconds that may pass until it can train, besides those that torch's import takes
STARTED = "PLAYGROUND_STARTED"  # when the process was started, by the clock that all processes share
MOMENTS = ("window", "usable", "whole", "trains")
COLUMNS = (*MOMENTS, "torch alone", "beyond it")
IMPORT = "import time; began = time.perf_counter(); import torch; print(time.perf_counter() - began)"


def main() -> int:
    """Start it several times and print what each took; return 1 if a target was missed."""
    parser = argparse.ArgumentParser(description="How long a start takes.")
    parser.add_argument("--repeat", type=int, default=5, metavar="N")
    middle = medians(parser.parse_args().repeat)
    reached = (middle["window"] <= TARGET, middle["beyond it"] <= BEYOND_TORCH)
    words = ["reached" if good else "missed" for good in reached]
    print(f"window after {TARGET} s: {words[0]}; trains {BEYOND_TORCH} s after torch's own import: {words[1]}")
    return int(not all(reached))


def figures(quick: bool) -> Iterator[Figure]:
    """The painted window, and training beside the import of torch."""
    from tests.benchmarks.figure import Figure  # not where this file is run by its path

    middle = medians(1 if quick else 5)
    torch, beyond = middle["torch alone"], middle["beyond it"]
    yield Figure(work="window painted", value=middle["window"], unit="s", bar=TARGET)
    yield Figure(work="trains", value=middle["trains"], unit="s", peer="import torch", beside=torch)
    yield Figure(work="trains: beyond torch's import", value=beyond, unit="s", bar=BEYOND_TORCH)


def medians(repeat: int) -> dict[str, float]:
    """Start it so many times; print the seconds of each start, and return their medians by column."""
    compileall.compile_dir(Path(playground.__file__).parent, quiet=2)
    print(f"{'start':>6}", *(f"{name:>11}" for name in COLUMNS))
    rows = []
    for number in range(1, repeat + 1):
        found = _start()
        found["torch alone"] = float(_output([sys.executable, "-c", IMPORT], {}))
        found["beyond it"] = found["trains"] - found["torch alone"]
        rows.append(found)
        _print(str(number), found)
    middle = {name: median(row[name] for row in rows) for name in COLUMNS}
    _print("median", middle)
    return middle


def _print(label: str, row: dict[str, float]) -> None:
    print(f"{label:>6}", *(f"{seconds:>9.2f} s" for seconds in row.values()), flush=True)


def _start() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        homes = {f"XDG_{name}_HOME": folder for name in ("CONFIG", "STATE", "DATA")}
        found = json.loads(_output([sys.executable, __file__, "--started"], {**homes, STARTED: repr(time.monotonic())}))
    return {name: found[name] for name in MOMENTS}


def _output(command: list[str], variables: dict[str, str]) -> str:
    environment = {**os.environ, **variables}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True, timeout=120)
    return done.stdout.splitlines()[-1]


def _started() -> int:
    """What the new process does: `playground`, watched."""
    from playground.__main__ import main as playground

    sys.argv[1:] = []
    _watch(float(os.environ[STARTED]))
    return playground()


def _watch(started: float) -> None:
    """Put a watch in the place of what opens the window; it imports nothing that the window does not need."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QWidget

    from playground.gui import app
    from playground.gui.main_window import Place

    found: dict[str, float] = {}

    class Watched(app.Opening):
        def start(self) -> None:
            window = self._frame.window
            window.painted.connect(lambda: self._note_soon("window"))
            put = window.put

            def watched_put(place: Place, part: QWidget) -> None:
                put(place, part)
                if place in (Place.FORM, Place.CURVES):
                    self._note_soon("usable" if place is Place.FORM else "whole")
                if place is Place.FORM:
                    self.program.run.state_changed.connect(self._trains)

            window.put = watched_put
            super().start()

        def _note_soon(self, name: str) -> None:
            """When the event loop comes round again, and what was to be painted is."""
            QTimer.singleShot(0, lambda: found.setdefault(name, time.monotonic() - started))

        def _trains(self) -> None:
            found["trains"] = time.monotonic() - started
            print(json.dumps(found), flush=True)
            self._frame.window.allow_close()

    app.Opening = Watched


if __name__ == "__main__":
    sys.exit(_started() if sys.argv[1:] == ["--started"] else main())
