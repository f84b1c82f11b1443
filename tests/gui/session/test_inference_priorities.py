"""Several clients share the thread: by priority, in turns, and each is told only about its own data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from playground.gui.panels.digits.inference import ClassProbabilities
from playground.gui.session.inference_request import Priority
from playground.gui.session.inference_thread import InferenceClient, InferenceThread
from playground.gui.session.network_source import NetworkSource
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.datasets.points import Points
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.messages import PlaygroundError, message
from tests.gui.session.inference import EXPERIMENT, PICTURE, SlicedAnswer, about, asks


def test_an_interactive_question_goes_before_the_next_slice_of_a_long_answer(
    thread: InferenceThread, qtbot: QtBot
) -> None:
    long = SlicedAnswer()

    def answer_pen(*_: object) -> str:
        long.notes.append("pen")
        return "pen"

    pen, slow = (
        InferenceClient(thread, answer_pen, parent=thread),
        InferenceClient(thread, long, Priority.BACKGROUND, thread),
    )
    waiting = InferenceClient(thread, lambda *_: long.notes.append("other"), Priority.BACKGROUND, thread)
    thread.start()
    with qtbot.waitSignal(pen.answered):
        asks(pen)
    long.notes.clear()
    asks(slow)
    assert long.begun.wait(30)
    asks(waiting)  # it waits longer than the pen
    with qtbot.waitSignal(pen.answered):
        pen.ask(about(PICTURE))
        long.may_go_on.set()
    assert long.notes[:2] == ["slice", "pen"]
    qtbot.waitUntil(lambda: len(long.notes) > 10)  # and the long answer goes on
    assert long.notes[2] == "other"


def test_a_newer_question_replaces_a_long_answer_and_newer_weights_wait_for_it(
    thread: InferenceThread, qtbot: QtBot
) -> None:
    long = SlicedAnswer(slices=3)
    slow = InferenceClient(thread, long, Priority.BACKGROUND, thread)
    answers: list[object] = []
    slow.answered.connect(answers.append)
    asks(slow, "first", version=1)
    thread.start()
    assert long.begun.wait(30)
    slow.ask(about("second"))
    slow.set_network(NetworkSource(EXPERIMENT, None, 2, True))
    long.may_go_on.set()
    qtbot.waitUntil(lambda: bool(answers))
    assert answers == [("second", 2)]

    long.begun.clear()
    long.may_go_on.clear()
    slow.set_network(NetworkSource(EXPERIMENT, None, 3, True))
    assert long.begun.wait(30)
    slow.set_network(NetworkSource(EXPERIMENT, None, 4, True))
    long.may_go_on.set()
    qtbot.waitUntil(lambda: len(answers) == 3)
    assert answers[1:] == [("second", 3), ("second", 4)]


def test_an_answer_that_is_to_be_finished_comes_before_that_to_a_newer_question(
    thread: InferenceThread, qtbot: QtBot
) -> None:
    long = SlicedAnswer(slices=3)
    slow = InferenceClient(thread, long, Priority.BACKGROUND, thread, complete_every=0.0)
    answers: list[object] = []
    slow.answered.connect(answers.append)
    asks(slow, "first", version=1)
    thread.start()
    assert long.begun.wait(30)
    slow.ask(about("second"))
    slow.ask(about("third"))
    long.may_go_on.set()
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert answers == [("first", 1), ("third", 1)]


def test_an_answer_is_dropped_for_a_newer_question_if_one_was_completed_a_moment_ago(
    thread: InferenceThread, qtbot: QtBot
) -> None:
    long = SlicedAnswer(slices=3)
    slow = InferenceClient(thread, long, Priority.BACKGROUND, thread, complete_every=3600.0)
    answers: list[object] = []
    slow.answered.connect(answers.append)
    thread.start()
    long.may_go_on.set()
    asks(slow, "first", version=1)
    qtbot.waitUntil(lambda: len(answers) == 1)
    last = InferenceClient(thread, lambda *_: "", Priority.BACKGROUND, thread)
    with qtbot.waitSignal(last.answered):
        asks(last)  # the first answer is complete
    long.begun.clear()
    long.may_go_on.clear()
    slow.ask(about("second"))
    assert long.begun.wait(30)
    slow.ask(about("third"))
    long.may_go_on.set()
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert answers == [("first", 1), ("third", 1)]


def test_all_is_caught_up_with_once_the_clients_have_shown_what_was_asked(
    thread: InferenceThread, qtbot: QtBot
) -> None:
    endless, pen = SlicedAnswer(), SlicedAnswer(slices=2)
    pen.may_go_on.set()
    told: list[str] = []
    thread.caught_up.connect(lambda: told.append("caught up"))
    background = InferenceClient(thread, endless, Priority.BACKGROUND, thread)
    client = InferenceClient(thread, pen, parent=thread)
    client.answered.connect(lambda _: told.append("shown"))
    asks(background)
    asks(client)
    thread.start()
    qtbot.waitUntil(lambda: "caught up" in told)
    assert told == ["shown", "caught up"]
    endless.may_go_on.set()


def test_all_is_caught_up_with_also_if_an_answer_is_shown_before_its_function_ends(
    thread: InferenceThread, qtbot: QtBot
) -> None:
    may_end, told = Event(), list[str]()

    def answer(*_: object) -> Iterator[object]:
        yield "answer"
        assert may_end.wait(30)

    thread.caught_up.connect(lambda: told.append("caught up"))
    client = InferenceClient(thread, answer, parent=thread)
    client.answered.connect(lambda _: told.append("shown"))
    thread.start()
    with qtbot.waitSignal(client.answered):
        asks(client)
    assert told == ["shown"]
    with qtbot.waitSignal(thread.caught_up):
        may_end.set()


def test_all_is_caught_up_with_where_the_last_question_is_withdrawn(thread: InferenceThread, qtbot: QtBot) -> None:
    client = InferenceClient(thread, lambda *_: "answer", parent=thread)
    thread.start()
    with qtbot.waitSignal(client.answered):
        asks(client)
    with qtbot.waitSignal(thread.caught_up):
        client.ask(None)


def test_long_answers_of_the_same_priority_take_turns(thread: InferenceThread, qtbot: QtBot) -> None:
    endless, brief = SlicedAnswer(), SlicedAnswer(slices=5)
    endless.may_go_on.set()
    brief.may_go_on.set()
    clients = [InferenceClient(thread, long, Priority.BACKGROUND, thread) for long in (endless, brief)]
    thread.start()
    asks(clients[0])
    with qtbot.waitSignal(clients[1].answered):
        asks(clients[1])


def test_a_failure_is_told_to_its_client_alone(
    thread: InferenceThread, client: InferenceClient, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> Iterator[object]:
        yield None
        raise PlaygroundError(message("as foreseen"))

    def fail(*_: object) -> Iterator[object]:
        yield None
        raise RuntimeError("as nobody foresaw")

    refused, failing = InferenceClient(thread, refuse, parent=thread), InferenceClient(thread, fail, parent=thread)
    spies = [QSignalSpy(each.answered) for each in (refused, failing, client)]
    for each in (refused, failing, client):
        asks(each)
    thread.start()
    qtbot.waitUntil(lambda: all(spy.count() == 1 for spy in spies))
    told = [spy.at(0)[0] for spy in spies]
    assert str(told[0].message) == "as foreseen"
    assert "as nobody foresaw" in str(told[1].message)
    assert isinstance(told[2], ClassProbabilities)
    with qtbot.waitSignal(client.answered):
        client.ask(about(PICTURE * 0))


def test_why_an_earlier_question_had_no_answer_is_not_told_after_a_newer_one(
    thread: InferenceThread, qtbot: QtBot
) -> None:
    def answer(_network: object, _source: NetworkSource, content: object) -> object:
        if content == "bad":
            raise PlaygroundError(message("as foreseen"))
        return content

    client = InferenceClient(thread, answer, parent=thread)
    told = QSignalSpy(client.answered)
    failed = Event()
    thread.answered.connect(lambda *_: failed.set(), Qt.ConnectionType.DirectConnection)
    thread.start()
    asks(client, "bad")
    assert failed.wait(30)  # the event that brings it waits in the loop of this thread
    client.ask(about("good"))
    qtbot.waitUntil(lambda: told.count() > 0)
    assert [told.at(n)[0] for n in range(told.count())] == ["good"]


def test_a_network_of_other_data_is_not_asked(thread: InferenceThread, qtbot: QtBot) -> None:
    """Neither one that comes after the question, nor one that was there before it."""
    asked: list[tuple[object, object]] = []

    def answer(_network: object, source: NetworkSource, content: object) -> object:
        asked.append((content, source.experiment.data))
        return content

    client = InferenceClient(thread, answer, parent=thread)
    last = InferenceClient(thread, lambda *_: "", Priority.BACKGROUND, thread)
    other = Experiment(data=Points(), stack=Stack(layers=(Linear(out_features=2),)))

    def settle() -> None:
        with qtbot.waitSignal(last.answered):
            asks(last)

    thread.start()
    asks(client, "picture")
    settle()
    client.set_network(NetworkSource(other, None, 0, False))
    settle()
    client.ask(about("points", other.data))
    settle()
    client.ask(about("picture"))
    settle()
    client.set_network(NetworkSource(EXPERIMENT, None, 1, True))
    settle()
    assert asked == [("picture", EXPERIMENT.data), ("points", other.data), ("picture", EXPERIMENT.data)]


@pytest.mark.parametrize("asks_on", [True, False])
def test_an_answer_that_comes_after_the_data_was_exchanged_is_not_told(
    thread: InferenceThread, qtbot: QtBot, asks_on: bool
) -> None:
    client = InferenceClient(thread, lambda _network, _source, content: content, parent=thread)
    told = QSignalSpy(client.answered)
    answered = Event()
    thread.answered.connect(lambda *_: answered.set(), Qt.ConnectionType.DirectConnection)
    thread.start()
    asks(client, "picture")
    assert answered.wait(30)  # the event that brings it waits in the loop of this thread
    if asks_on:
        client.ask(about("points", Points()))
    else:
        client.forget_network()
    other = InferenceClient(thread, lambda _network, _source, content: content, parent=thread)
    with qtbot.waitSignal(other.answered):
        asks(other)
    assert told.count() == 0


def given_up(change: Callable[[InferenceClient], None], thread: InferenceThread) -> None:
    """Ensure that work which asks whether to go on stops after that change."""
    begun, stopped = Event(), Event()

    def read_for_ever(*_: object) -> object:
        begun.set()
        try:
            while True:
                stop_if_cancelled()
        finally:
            stopped.set()

    client = InferenceClient(thread, read_for_ever, parent=thread)
    thread.start()
    asks(client)
    assert begun.wait(30)
    change(client)
    assert stopped.wait(30)


def test_reading_for_a_network_that_is_no_longer_shown_is_given_up(
    thread: InferenceThread, client: InferenceClient, qtbot: QtBot
) -> None:
    given_up(InferenceClient.forget_network, thread)
    with qtbot.waitSignal(client.answered):
        asks(client)


def test_the_end_gives_up_whatever_is_under_way(thread: InferenceThread, qtbot: QtBot) -> None:
    long = SlicedAnswer()
    long.may_go_on.set()
    asks(InferenceClient(thread, long, Priority.BACKGROUND, thread))
    given_up(lambda _: thread.end(), thread)
    assert thread.wait(30_000)


def test_a_client_that_is_closed_is_told_nothing_more(
    thread: InferenceThread, client: InferenceClient, qtbot: QtBot
) -> None:
    long = SlicedAnswer()
    closing = InferenceClient(thread, long, Priority.BACKGROUND, thread)
    told = QSignalSpy(closing.answered)
    thread.start()
    asks(closing)
    assert long.begun.wait(30)
    closing.close()
    long.may_go_on.set()
    with qtbot.waitSignal(client.answered):
        asks(client)
    qtbot.waitUntil(long.closed.is_set)
    assert told.count() == 0
