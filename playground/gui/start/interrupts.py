"""Ctrl+C, SIGTERM and SIGHUP in a program with a window: it has to wait until there is a window that it can close.

Python would raise an exception wherever it happens to be. In the midst of Qt's import PySide loses it, and is left with
classes that are half made. Nothing of Qt is imported here.
"""

from __future__ import annotations

import signal
from collections.abc import Callable

from playground.standard_streams import END_SIGNALS, taken


class Interrupts:
    """Takes note of interrupts from now on; only the main thread may make it."""

    def __init__(self) -> None:
        self._came = False
        self._end: Callable[[], object] | None = None
        for number in filter(taken, END_SIGNALS):
            signal.signal(number, self._interrupt)

    def end_with(self, end: Callable[[], object]) -> None:
        """Do this when the program is interrupted; at once if it was already."""
        self._end = end
        if self._came:
            end()

    def _interrupt(self, *_: object) -> None:
        self._came = True
        if self._end is not None:
            self._end()
