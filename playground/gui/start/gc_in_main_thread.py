"""Collects cyclic garbage in the window's thread, and nowhere else.

Python's collector runs in any thread that allocates. If that is the worker and the garbage holds a QObject, Qt destroys
it there: its destructor takes one of Qt's locks and then waits for Python's, while the window's thread, holding
Python's, may be waiting for that same lock. That is a deadlock.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

INTERVAL = 1000  # milliseconds between two checks


class Collector(QObject):
    """Replaces Python's automatic collection until closed, with the same thresholds.

    Nothing is collected before `start`: a starting program creates much and drops little, so repeated collections would
    cost more than they free.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._automatic = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect)
        self._timer.setInterval(INTERVAL)

    @Slot()
    def start(self) -> None:
        """Start collecting."""
        if not self._timer.isActive():
            self._timer.start()

    def close(self) -> None:
        """Restore Python's automatic collection, if it was on."""
        self._timer.stop()
        if self._automatic:
            gc.enable()

    @Slot()
    def collect(self) -> None:
        """Collect the oldest generation that exceeds its threshold, and all younger ones."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        due = [generation for generation in range(3) if counts[generation] > thresholds[generation]]
        if due:
            gc.collect(due[-1])
