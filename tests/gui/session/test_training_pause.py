"""Training pauses for what a person waits for, and never for long."""

from __future__ import annotations

from threading import Event, Thread

from playground.gui.session.training_pause import Courtesy


def test_a_pause_ends_though_one_request_follows_the_other() -> None:
    courtesy, over = Courtesy(), Event()

    def draw() -> None:
        while not over.is_set():
            courtesy.give_way()

    courtesy.give_way()
    person = Thread(target=draw)
    person.start()
    run = Thread(target=courtesy.wait)
    run.start()
    run.join(30)
    ended = not run.is_alive()
    over.set()
    person.join()
    assert ended


def test_a_pause_lasts_while_requests_follow_and_ends_with_the_answer() -> None:
    courtesy = Courtesy()
    courtesy.give_way()
    assert courtesy.requested
    courtesy.go_ahead()
    courtesy.wait()  # at once: what was requested is shown
    assert not courtesy.requested
    courtesy.wait()  # nothing is requested
