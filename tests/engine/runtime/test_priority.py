"""Work that lasts gives way: the thread that asks for it, and what it starts, and no other thread."""

from __future__ import annotations

import os
import sys
from threading import Thread, get_native_id

import pytest

from playground.engine.runtime.priority import lower_thread_priority

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a nice value for each thread")


def nice() -> int:
    return os.getpriority(os.PRIO_PROCESS, get_native_id())


def test_a_thread_and_those_that_it_starts_give_way_to_all_others() -> None:
    own, found = nice(), list[int]()

    def work() -> None:
        lower_thread_priority()
        found.append(nice())
        later = Thread(target=lambda: found.append(nice()))
        later.start()
        later.join()

    thread = Thread(target=work)
    thread.start()
    thread.join()
    lowered = min(own + 5, 19)
    assert found == [lowered, lowered]
    assert nice() == own


def test_the_lowest_priority_is_no_error() -> None:
    found = list[int]()

    def work() -> None:
        for _ in range(5):
            lower_thread_priority()
        found.append(nice())

    thread = Thread(target=work)
    thread.start()
    thread.join()
    assert found == [19]
