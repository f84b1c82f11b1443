"""Ends threads: all are asked to end before any is waited for, and every wait has a limit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QDeadlineTimer

_POLL = 50  # milliseconds between two checks for unfinished saves


class Thread(Protocol):
    """A `QThread` that can be asked to end."""

    @property
    def lasting(self) -> bool:
        """Whether it is doing work that must be finished, such as a save."""

    def end(self) -> None:
        """Drop the current work, unless it must be finished, and let the thread end; does not wait."""

    def wait(self, deadline: QDeadlineTimer, /) -> bool:
        """Wait until it has ended; return whether it has."""


def ended(threads: Sequence[Thread], within: int | None = None) -> bool:
    """End threads and wait at most `within` milliseconds, or without limit; return whether all have ended.

    Saves are waited for in any case. Qt aborts the process if a running thread is destroyed: after False the caller
    must keep the threads alive.
    """
    deadline = QDeadlineTimer(QDeadlineTimer.ForeverConstant.Forever) if within is None else QDeadlineTimer(within)
    for thread in threads:
        thread.end()
    for thread in threads:
        while thread.lasting and not thread.wait(QDeadlineTimer(_POLL)):
            pass
    return all(thread.wait(deadline) for thread in threads)
