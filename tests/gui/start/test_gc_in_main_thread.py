"""Cyclic garbage goes in the window's thread: nobody else may delete widgets."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from threading import Thread, get_ident

import pytest
from pytestqt.qtbot import QtBot

from playground.gui.start.gc_in_main_thread import Collector


class Knot:
    """Refers to itself, and notes in which thread it was deleted."""

    deleted_in: list[int]

    def __init__(self, deleted_in: list[int]) -> None:
        self.itself = self
        self.deleted_in = deleted_in

    def __del__(self) -> None:
        self.deleted_in.append(get_ident())


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[Collector]:
    gc.enable()
    made = Collector()
    made.start()
    yield made
    made.close()
    assert gc.isenabled()
    gc.disable()


def make_garbage(deleted_in: list[int]) -> None:
    for _ in range(10 * gc.get_threshold()[0]):
        Knot(deleted_in)


def test_garbage_of_another_thread_is_collected_here(qtbot: QtBot, collector: Collector) -> None:
    deleted_in: list[int] = []
    other = Thread(target=make_garbage, args=(deleted_in,))
    other.start()
    other.join()
    assert deleted_in == []
    qtbot.waitUntil(lambda: deleted_in != [])
    assert set(deleted_in) == {get_ident()}
