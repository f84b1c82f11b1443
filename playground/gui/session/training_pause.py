"""Pauses a run briefly while an urgent answer is computed, such as the class of a drawing."""

from __future__ import annotations

from threading import Event
from time import perf_counter

COURTESY = 0.03  # seconds that a run pauses for one answer at most
LONGEST = 0.1  # seconds of pause at a stretch, while one question follows the other: the run still learns


class Courtesy:
    """One thread requests a pause; the training thread waits between two steps.

    A step is hundreds of short calls that each release Python's lock and acquire it again before a waiting thread has
    woken up. Classifying a drawing, which is as many calls, would take ten times as long, and so would painting it.
    """

    def __init__(self) -> None:
        self._unblocked = Event()  # set while no answer is pending
        self._wait_until = 0.0

    @property
    def requested(self) -> bool:
        """Whether the run should wait before its next step."""
        return self._wait_until > 0.0

    def give_way(self) -> None:
        """Request that no step begins until `go_ahead`, for at most `COURTESY`."""
        self._unblocked.clear()
        self._wait_until = perf_counter() + COURTESY

    def go_ahead(self) -> None:
        """End the pause: the answer is shown."""
        self._unblocked.set()

    def wait(self) -> None:
        """Called by the training thread: wait for the requested time, also for what is requested meanwhile."""
        ends = perf_counter() + LONGEST
        while self.requested and perf_counter() < ends:
            until, self._wait_until = self._wait_until, 0.0
            self._unblocked.wait(max(0.0, min(until, ends) - perf_counter()))
