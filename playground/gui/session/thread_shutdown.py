"""The end of threads: all are told to end before any is waited for, and none is waited for for ever."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QDeadlineTimer

_LOOK = 50  # milliseconds between two looks whether something is still being saved


class Thread(Protocol):
    """A `QThread` that ends when it is told to."""

    @property
    def lasting(self) -> bool:
        """Whether it does something now that must not be given up."""

    def end(self) -> None:
        """Give up what it is at, unless that must be finished, and let it end; do not wait."""

    def wait(self, deadline: QDeadlineTimer, /) -> bool:
        """Wait until it has ended; return whether it has."""


def ended(threads: Sequence[Thread], within: int | None = None) -> bool:
    """End threads and wait for them, so many milliseconds, or however long it takes; return whether all have ended.

    What is being saved is waited for in any case. Qt aborts the process where a thread is destroyed that still runs:
    whoever gets False must see to it that none is.
    """
    deadline = QDeadlineTimer(QDeadlineTimer.ForeverConstant.Forever) if within is None else QDeadlineTimer(within)
    for thread in threads:
        thread.end()
    for thread in threads:
        while thread.lasting and not thread.wait(QDeadlineTimer(_LOOK)):
            pass
    return all(thread.wait(deadline) for thread in threads)
