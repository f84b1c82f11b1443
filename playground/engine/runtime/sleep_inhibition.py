"""Prevents the machine from going to sleep while a network is trained; the screen may still be switched off."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

_log = logging.getLogger(__name__)
logging.getLogger("wakepy").setLevel(logging.ERROR)  # a failure is reported here, once


@contextmanager
def staying_awake() -> Iterator[None]:
    """In this context the machine does not go to sleep by itself, where the platform allows to prevent that.

    Entering and leaving may take seconds where the desktop does not answer; leave it in the thread that entered it.
    If it has no effect, the log says why, each reason once. The system ends the effect if the process is killed.
    """
    try:
        from wakepy import keep
    except ImportError as error:
        _note(str(error))
        yield
        return
    with keep.running(on_fail=lambda result: _note(result.get_failure_text())):
        yield


@cache  # once for each reason
def _note(reason: str) -> None:
    _log.info("the machine may go to sleep while a network is trained: %s", reason)
