"""A window that is edited and saved without end, for a test that kills it: FILE [SIGNAL].

Each edit makes its number the experiment's name, and is printed with the time of `time.monotonic` once it is made.
With the name of a signal the process sends it to itself right after the first edit.
"""

from __future__ import annotations

import random
import signal
import sys
import time
from pathlib import Path

from playground.gui.start.interrupts import Interrupts

interrupts = Interrupts()  # before Qt is imported, as the program does

from PySide6.QtCore import QTimer  # noqa: E402

from playground.gui.start import app  # noqa: E402
from playground.spec.edits import Set  # noqa: E402
from playground.spec.messages import message  # noqa: E402

SAVES = 0.02  # share of edits after which the document is saved


class Edited(app.StartupSequence):
    """Starts as usual, and then edits."""

    def start(self) -> None:
        """Begin to edit as soon as there is a program."""
        super().start()
        self.count = 0
        self.timer = QTimer(self)
        self.timer.timeout.connect(self.edit)
        self.timer.start(0)

    def edit(self) -> None:
        """Make one edit, and save now and then."""
        if self.program is None:
            return
        self.timer.start(random.choice((1, 10, 200)))
        self.count += 1
        self.program.document.do(Set(("name",), str(self.count), message("Rename")))
        sys.stdout.write(f"{self.count} {time.monotonic()}\n")
        sys.stdout.flush()
        if len(sys.argv) > 2:
            self.timer.stop()
            signal.raise_signal(getattr(signal, sys.argv[2]))
        elif random.random() < SAVES:
            self.program.files.save()


app.StartupSequence = Edited  # type: ignore[misc]
sys.exit(app.main(Path(sys.argv[1]), interrupts))
