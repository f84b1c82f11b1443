"""How long a start takes: from the process to the window painted, and until it can train.

    python tests/benchmarks/startup.py [--repeat 5]

Every start is a new process that does what `playground` does, with settings of its own in an empty folder. Without
`QT_QPA_PLATFORM` it is drawn on the display there is. The target is 0.5 s to the window.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from statistics import median

TARGET = 0.5  # seconds to the painted window
STARTED = "PLAYGROUND_STARTED"  # when the process was started, by the clock that all processes share


def main() -> None:
    """Start it several times and print what each took."""
    parser = argparse.ArgumentParser(description="How long a start takes.")
    parser.add_argument("--repeat", type=int, default=5, metavar="N")
    starts = [_start() for _ in range(parser.parse_args().repeat)]
    print(f"{'start':>5}  {'window':>8}  {'can train':>9}")
    for number, found in enumerate(starts, 1):
        print(f"{number:>5}  {found['window']:>6.2f} s  {found['ready']:>7.2f} s")
    middle = median(found["window"] for found in starts)
    verdict = "reached" if middle <= TARGET else "missed"
    print(f"window after {middle:.2f} s (median); the target of {TARGET} s is {verdict}")


def _start() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        homes = {f"XDG_{name}_HOME": folder for name in ("CONFIG", "STATE", "DATA")}
        command = [sys.executable, __file__, "--started"]
        environment = {**os.environ, **homes, STARTED: repr(time.monotonic())}
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True, timeout=120)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _started() -> int:
    """What the new process does: `playground`, watched."""
    from playground.cli import main as playground

    started = float(os.environ[STARTED])
    found: dict[str, float] = {}

    def watch() -> None:
        """Put the watch in the program's place; not before the command line asks for the window."""
        from PySide6.QtCore import QEvent, QObject, QTimer

        from playground.gui import app
        from playground.gui.program import Program
        from playground.gui.run import RunState

        class Watched(Program):
            def start(self, *arguments: object) -> None:
                self.window.installEventFilter(self)
                self.run.state_changed.connect(self._state)
                super().start(*arguments)

            def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
                if event.type() == QEvent.Type.Paint and "window" not in found:
                    QTimer.singleShot(0, self, self._painted)
                return super().eventFilter(watched, event)

            def _painted(self) -> None:
                found.setdefault("window", time.monotonic() - started)

            def _state(self, state: RunState) -> None:
                if state is not RunState.LOADING and "ready" not in found:
                    found["ready"] = time.monotonic() - started
                    print(json.dumps(found), flush=True)
                    self.window.allow_close()

        app.Program = Watched

    watch()
    return playground([])


if __name__ == "__main__":
    if sys.argv[1:] == ["--started"]:
        sys.exit(_started())
    main()
