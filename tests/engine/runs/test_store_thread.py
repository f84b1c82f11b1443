"""What a disk refuses is said and logged once for each cause, and retried; what cannot be retried stays said."""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from playground.engine.runs.store_thread import StoreThread
from playground.spec.messages import Message, PlaygroundError, message
from tests.engine.runs.stored import WITHIN


@contextmanager
def working(told: list[Message | None]) -> Iterator[StoreThread]:
    thread = StoreThread(told.append)
    try:
        yield thread
    finally:
        assert thread.end(WITHIN)


def refuse(times: list[int]) -> None:
    times.append(len(times))
    if len(times) <= 3:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_said_and_logged_once_until_there_is_room(caplog: pytest.LogCaptureFixture) -> None:
    told: list[Message | None] = []
    times: list[int] = []
    with caplog.at_level(logging.INFO, "playground"), working(told) as thread:
        thread.put(lambda: refuse(times))
        while not thread.flush(WITHIN):
            assert len(times) < 10
    assert [text is None for text in told] == [False, True]
    assert "No space left on device" in str(told[0])
    logged = [record.getMessage() for record in caplog.records]
    assert logged == [f"a run was not stored: {told[0]}", "runs are stored again"]
    assert caplog.records[0].exc_info


def test_what_is_given_up_stays_said(caplog: pytest.LogCaptureFixture) -> None:
    told: list[Message | None] = []

    def fail() -> None:
        raise PlaygroundError(message("The run is gone."))

    with working(told) as thread:
        for job in (fail, lambda: None, fail, lambda: None):
            thread.put(job)
        assert thread.flush(WITHIN)
        assert str(thread.problem) == "The run is gone."
    assert [str(text) for text in told] == ["The run is gone."]
    assert [record.getMessage() for record in caplog.records] == ["a run was not stored: The run is gone."]


def test_a_flush_waits_for_what_is_queued_and_not_for_what_follows() -> None:
    done: list[int] = []

    with working([]) as thread:
        going = True

        def again() -> None:  # a run that never leaves the thread idle
            done.append(len(done))
            if going:
                thread.put(again)

        thread.put(again)
        thread.put_later(lambda: done.append(-1))
        assert thread.flush(WITHIN)
        assert -1 in done
        going = False
