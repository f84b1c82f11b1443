"""Cancellation of long work: its caller sets a condition with `cancellable`, and the work checks it at intervals.

The condition is a context variable rather than an argument, because it belongs to the thread, and the slow functions
are the readers of file formats, at the bottom of the call stack.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from playground.spec.messages import PlaygroundError, message

T = TypeVar("T")


class Cancelled(PlaygroundError):
    """The result is no longer wanted."""

    def __init__(self) -> None:
        super().__init__(message("This was cancelled before it was finished."))


_cancelled: ContextVar[Callable[[], bool] | None] = ContextVar("_cancelled", default=None)


@contextmanager
def cancellable(cancelled: Callable[[], bool]) -> Iterator[None]:
    """In this context, `stop_if_cancelled` raises in this thread once `cancelled`, or an outer condition, is true."""
    outer = _cancelled.get()
    token = _cancelled.set(cancelled if outer is None else lambda: outer() or cancelled())
    try:
        yield
    finally:
        _cancelled.reset(token)


def stop_if_cancelled() -> None:
    """Raise if the work is cancelled; call it every few milliseconds, but never where work must not be left half done.

    Raises:
        Cancelled: the result is no longer wanted.
    """
    cancelled = _cancelled.get()
    if cancelled is not None and cancelled():
        raise Cancelled


def finished(slices: Generator[object, None, T]) -> T:
    """The value that a computation in slices returns at its end.

    Raises:
        Cancelled: where `stop_if_cancelled` does.
    """
    while True:
        stop_if_cancelled()
        try:
            next(slices)
        except StopIteration as end:
            found: T = end.value
            return found
