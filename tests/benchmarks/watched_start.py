"""What `startup.py` runs in a new process: `playground`, watched. It imports nothing that `playground` does not."""

from __future__ import annotations

import json
import os
import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from playground.__main__ import main
from playground.gui.start import app
from playground.gui.window.main_window import Region

STARTED = float(os.environ["PLAYGROUND_STARTED"])  # when the process was started, by the clock that all processes share


class Watched(app.StartupSequence):
    """Notes when what came, and closes the window when it can train."""

    def start(self) -> None:
        """Listen before there is something to hear."""
        self._found: dict[str, float] = {}
        window = self._shell.window
        window.painted.connect(lambda: self._note_soon("window"))
        put = window.put

        def noted(place: Region, part: QWidget) -> None:
            put(place, part)
            if place is Region.FORM:
                self._note_soon("usable")
                self.program.run.state_changed.connect(self._trains)
            elif place is Region.CURVES:
                self._note_soon("whole")

        window.put = noted
        super().start()

    def _note_soon(self, moment: str) -> None:
        """When the event loop comes round again, and what was to be painted is."""
        QTimer.singleShot(0, lambda: self._found.setdefault(moment, time.monotonic() - STARTED))

    def _trains(self) -> None:
        self._found["trains"] = time.monotonic() - STARTED
        print(json.dumps(self._found), flush=True)
        self._shell.window.allow_close()


if __name__ == "__main__":
    app.StartupSequence = Watched
    sys.exit(main())
