"""Handles Ctrl+C, SIGTERM and SIGHUP in a program with a window, once there is a window to close.

Python would raise an exception at an arbitrary point. During Qt's import PySide loses it and is left with incomplete
classes. No Qt module is imported here.
"""

from __future__ import annotations

import signal
from collections.abc import Callable

from playground.standard_streams import END_SIGNALS, taken


class Interrupts:
    """Records interrupts from now on; only the main thread may create it."""

    def __init__(self) -> None:
        self._came = False
        self._end: Callable[[], object] | None = None
        for number in filter(taken, END_SIGNALS):
            signal.signal(number, self._interrupt)

    def end_with(self, end: Callable[[], object]) -> None:
        """Call `end` when the program is interrupted; at once if it already was."""
        self._end = end
        if self._came:
            end()

    def _interrupt(self, *_: object) -> None:
        self._came = True
        if self._end is not None:
            self._end()
