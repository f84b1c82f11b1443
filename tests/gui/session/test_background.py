"""Work beside the event loop: in order, its result or its failure handed back in the window's thread."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from threading import Event, Thread, current_thread, main_thread
from typing import NoReturn

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

import playground.engine.runtime.device  # noqa: F401  a job prepares its thread only once this is imported
from playground.gui.session.background import Background
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.messages import Message, PlaygroundError, message


@pytest.fixture
def background(qapp: object) -> Iterator[Background]:
    made = Background()
    yield made
    made.close()


def test_work_is_done_elsewhere_and_its_result_arrives_here(qtbot: QtBot, background: Background) -> None:
    heard: list[object] = []
    job = background.do(lambda: current_thread() is main_thread())
    job.done.connect(lambda result: heard.append((result, current_thread() is main_thread())))
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [(False, True)]


def test_jobs_keep_their_order(qtbot: QtBot, background: Background) -> None:
    heard: list[int] = []
    for number in range(20):
        background.do(lambda number=number: number).done.connect(heard.append)
    qtbot.waitUntil(lambda: len(heard) == 20)
    assert heard == list(range(20))


def test_a_job_that_its_listener_holds_is_gone_once_it_is_done(qtbot: QtBot, background: Background) -> None:
    job = background.do(int)
    heard: list[object] = []
    job.done.connect(lambda _result, held=job: heard.append(held))  # a cycle that Python does not see
    with qtbot.waitSignal(job.destroyed):
        pass
    assert heard == [job]


def test_what_a_job_worked_on_is_let_go_once_it_is_done(qtbot: QtBot, background: Background) -> None:
    large = np.zeros(1000)
    held = weakref.ref(large)
    job = background.do(large.sum)
    del large
    with qtbot.waitSignal(job.done):
        pass
    qtbot.waitUntil(lambda: held() is None)


def test_a_failure_is_a_value_and_the_next_job_is_done(qtbot: QtBot, background: Background) -> None:
    def refuse() -> NoReturn:
        raise PlaygroundError(message("No."))

    def stumble() -> NoReturn:
        raise ValueError("odd")

    messages: list[Message] = []
    for work in (refuse, stumble):
        background.do(work).failed.connect(messages.append)
    with qtbot.waitSignal(background.do(int).done):
        pass
    assert str(messages[0]) == "No."
    assert "odd" in str(messages[1])


def test_too_little_memory_is_told_as_that(qtbot: QtBot, background: Background) -> None:
    messages: list[Message] = []
    for work in (lambda: np.empty(2**48), lambda: bytearray(2**60)):
        background.do(work).failed.connect(messages.append)
    with qtbot.waitSignal(background.do(int).done):
        pass
    assert all(str(message).startswith("There is not enough memory for this") for message in messages)
    assert len(messages) == 2


def test_closing_finishes_what_lasts(qapp: object) -> None:
    background = Background(lasting=True)
    done: list[int] = []
    for number in range(5):
        background.do(lambda number=number: done.append(number))
    background.close()
    assert done == [0, 1, 2, 3, 4]


def test_closing_gives_up_what_is_under_way_and_what_waits(background: Background) -> None:
    begun: list[str] = []
    under_way = Event()

    def read() -> None:
        begun.append("first")
        under_way.set()
        while True:
            stop_if_cancelled()

    background.do(read)
    background.do(lambda: begun.append("second"))
    assert under_way.wait(30)
    background.close()
    assert begun == ["first"]


def test_torch_computes_on_one_thread_in_a_job_whatever_a_run_uses(qtbot: QtBot, background: Background) -> None:
    run = Thread(target=torch.set_num_threads, args=(2,))
    run.start()
    run.join()
    with qtbot.waitSignal(background.do(torch.get_num_threads).done) as heard:
        pass
    torch.set_num_threads(1)
    assert heard.args == [1]


def test_a_job_is_deleted_by_the_thread_that_made_it(qtbot: QtBot, background: Background) -> None:
    here: list[bool] = []
    job = background.do(int)
    job.destroyed.connect(lambda: here.append(current_thread() is main_thread()), Qt.ConnectionType.DirectConnection)
    with qtbot.waitSignal(job.done):
        del job
    with qtbot.waitSignal(background.do(int).done):  # the thread has let go of everything it had of the first
        pass
    assert here == [True]


@pytest.mark.parametrize("lasting", [False, True])
def test_once_it_is_to_end_only_saves_are_still_done(qapp: object, lasting: bool) -> None:
    made, done = Background(lasting=lasting), list[int]()
    made.do(lambda: done.append(1))
    made.close()
    made.do(lambda: done.append(2))  # by a listener that is still there
    assert made.isRunning() is lasting
    made.close()
    assert done[1:] == ([2] if lasting else [])
