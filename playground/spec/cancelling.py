"""How long work is given up: whoever starts it says with `cancellable` when, and the work asks between its pieces.

The question is not passed down as an argument: it belongs to the thread, not to what is read, and the readers of
formats, at the bottom, are the ones that take long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from playground.spec.messages import PlaygroundError, message


class Cancelled(PlaygroundError):
    """Nobody wants the result any more."""

    def __init__(self) -> None:
        super().__init__(message("This was given up before it was finished."))


_cancelled: ContextVar[Callable[[], bool] | None] = ContextVar("_cancelled", default=None)


@contextmanager
def cancellable(cancelled: Callable[[], bool]) -> Iterator[None]:
    """Within it, `stop_if_cancelled` in this thread raises as soon as `cancelled` is true, or an outer one is."""
    outer = _cancelled.get()
    token = _cancelled.set(cancelled if outer is None else lambda: outer() or cancelled())
    try:
        yield
    finally:
        _cancelled.reset(token)


def stop_if_cancelled() -> None:
    """Ask whether to go on; call it every few milliseconds of work, outside of what must not be left half done.

    Raises:
        Cancelled: the result is not wanted any more.
    """
    cancelled = _cancelled.get()
    if cancelled is not None and cancelled():
        raise Cancelled
