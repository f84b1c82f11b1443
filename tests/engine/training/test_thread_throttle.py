"""Threads are given up when a step takes many times as long as usual, and tried again."""

from __future__ import annotations

from playground.engine.training.thread_throttle import ALONE, COLLAPSED, SLICE, ThreadThrottle


def spend(pace: ThreadThrottle, seconds: float, step: float, images: int = 10) -> None:
    """So many seconds of steps that take so long each."""
    for _ in range(round(seconds / step)):
        pace.note(step, images)


def collapse(pace: ThreadThrottle, step: float) -> float:
    """Steps that take so long until it computes alone, at most two seconds of them; how many seconds it took."""
    spent = 0.0
    while pace.threads > 1 and spent < 2.0:
        pace.note(step, 10)
        spent += step
    return spent


def test_one_thread_is_never_changed() -> None:
    pace = ThreadThrottle(1)
    spend(pace, 2.0, 0.01)
    spend(pace, 2.0, 1.0)
    assert pace.threads == 1


def test_ups_and_downs_change_nothing() -> None:
    pace = ThreadThrottle(4)
    for step in (0.02, 0.01, 0.01 * (COLLAPSED - 0.1), 0.01):
        spend(pace, 3.0, step)
        assert pace.threads == 4


def test_falls_back_within_a_second_and_returns() -> None:
    pace = ThreadThrottle(4)
    spend(pace, 2.0, 0.01)
    assert collapse(pace, 0.05) < 1.0
    spend(pace, ALONE - 1.0, 0.02)
    assert pace.threads == 1
    spend(pace, 1.5, 0.02)
    assert pace.threads == 4
    assert collapse(pace, 0.05) < 1.0  # the other program is still there


def test_returns_at_once_where_it_does_not_help() -> None:
    pace = ThreadThrottle(4)
    spend(pace, 2.0, 0.01)
    collapse(pace, 0.05)
    spend(pace, 2 * SLICE, 0.1)
    assert pace.threads == 4
    spend(pace, 5.0, 0.05)  # that is the usual now
    assert pace.threads == 4


def test_a_small_last_batch_is_no_measure() -> None:
    pace = ThreadThrottle(4)
    for _ in range(5):
        pace.note(1.0, 512)
        pace.note(0.3, 96)
    assert pace.threads == 4
