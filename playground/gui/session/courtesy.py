"""Lets a run wait a moment while something is read that should be answered at once, such as a drawing."""

from __future__ import annotations

from threading import Event
from time import perf_counter

COURTESY = 0.03  # seconds that a run waits for a drawing to be read, at most


class Courtesy:
    """One thread asks, the one that trains waits between two steps.

    A step is hundreds of short calls that each let go of Python's lock and take it back before anyone who waits
    for it has woken up, so that a reading of a drawing, which is as many calls, would take ten times as long.
    """

    def __init__(self) -> None:
        self._way = Event()  # set when nobody waits for an answer
        self._courteous_until = 0.0

    @property
    def asked(self) -> bool:
        """Whether the run is to wait before its next step."""
        return self._courteous_until > 0.0

    def give_way(self) -> None:
        """Begin no step for a moment: until `go_ahead`, at most `COURTESY`."""
        self._way.clear()
        self._courteous_until = perf_counter() + COURTESY

    def go_ahead(self) -> None:
        """The answer that was waited for is there."""
        self._way.set()

    def wait(self) -> None:
        """In the thread that trains: wait as long as was asked for."""
        until, self._courteous_until = self._courteous_until, 0.0
        self._way.wait(max(0.0, until - perf_counter()))
