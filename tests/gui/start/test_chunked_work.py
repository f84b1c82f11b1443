"""Work in portions: in order, the event loop between them, and what is done beside it waited for."""

from __future__ import annotations

from collections.abc import Iterator
from threading import get_ident

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from playground.gui.session.background import Background
from playground.gui.start.chunked_work import ChunkedWork, Portion


@pytest.fixture
def background(qtbot: QtBot) -> Iterator[Background]:
    made = Background()
    yield made
    made.close()


def test_the_event_loop_runs_between_portions(qtbot: QtBot, background: Background) -> None:
    done: list[str] = []

    def work() -> Iterator[Portion]:
        done.append("first")
        QTimer.singleShot(0, lambda: done.append("event"))
        yield None
        done.append("second")

    portions = ChunkedWork(work(), background)
    portions.start()
    assert done == []
    qtbot.waitUntil(lambda: "second" in done)
    assert done == ["first", "event", "second"]


def test_what_is_yielded_is_done_in_another_thread_and_waited_for(qtbot: QtBot, background: Background) -> None:
    threads: list[int] = []

    def work() -> Iterator[Portion]:
        yield lambda: threads.append(get_ident())
        threads.append(get_ident())

    portions = ChunkedWork(work(), background)
    portions.start()
    qtbot.waitUntil(lambda: len(threads) == 2)
    assert threads[0] != threads[1] == get_ident()


def test_the_work_goes_on_after_what_fails_beside_it(qtbot: QtBot, background: Background) -> None:
    done: list[str] = []

    def work() -> Iterator[Portion]:
        yield lambda: 1 // 0
        done.append("after")

    portions = ChunkedWork(work(), background)
    portions.start()
    qtbot.waitUntil(lambda: done == ["after"])


def test_nothing_is_done_once_it_is_stopped(qtbot: QtBot, background: Background) -> None:
    done: list[str] = []

    def work() -> Iterator[Portion]:
        done.append("first")
        portions.stop()
        QTimer.singleShot(20, lambda: done.append("event"))
        yield None
        done.append("second")

    portions = ChunkedWork(work(), background)
    portions.start()
    qtbot.waitUntil(lambda: "event" in done)
    assert done == ["first", "event"]
