"""Work is given up at its next piece, in the thread that it belongs to, and whoever started it is asked."""

from __future__ import annotations

from threading import Thread

import pytest

from playground.spec.cancelling import Cancelled, cancellable, stop_if_cancelled


def test_nothing_is_given_up_unless_somebody_may_say_so() -> None:
    stop_if_cancelled()
    with cancellable(lambda: False):
        stop_if_cancelled()


@pytest.mark.parametrize(("outer", "inner"), [(True, False), (False, True)])
def test_the_inner_and_the_outer_may_both_give_up(outer: bool, inner: bool) -> None:
    with cancellable(lambda: outer):
        with cancellable(lambda: inner), pytest.raises(Cancelled):
            stop_if_cancelled()
        if not outer:
            stop_if_cancelled()  # what was inside is over
    stop_if_cancelled()


def test_what_was_given_up_asks_nobody_afterwards() -> None:
    with pytest.raises(Cancelled), cancellable(lambda: True):
        stop_if_cancelled()
    stop_if_cancelled()


def test_another_thread_goes_on() -> None:
    went_on: list[bool] = []

    def work() -> None:
        stop_if_cancelled()
        went_on.append(True)

    with cancellable(lambda: True):
        thread = Thread(target=work)
        thread.start()
        thread.join()
    assert went_on == [True]
