"""A function is played back only where that gives the same bits, and otherwise goes on as it is written."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from playground.engine.runtime.random_streams import RandomStream
from playground.engine.training.replay import Replayed, captured


class Counter:
    """Multiplies what it is given by a number and counts in its state; `twist` changes the result at each call."""

    def __init__(self, twist: Callable[[Tensor, int], Tensor] = lambda tensor, _: tensor) -> None:
        self.count = torch.zeros(1)
        self.calls = 0
        self._twist = twist

    def __call__(self, *arguments: Any) -> tuple[Tensor, ...]:
        tensor, number = arguments
        self.calls += 1
        self.count.add_(1.0)
        return (self._twist(tensor * number, self.calls),)

    def state(self) -> list[Tensor]:
        return [self.count]


def test_is_played_from_the_fourth_call_on() -> None:
    counter = Counter()
    replayed = Replayed(counter)
    for number in range(1, 7):
        (found,) = replayed(torch.tensor([2.0, 3.0]), float(number))
        assert found.tolist() == [2.0 * number, 3.0 * number]
        assert counter.count.item() == number
        assert replayed.played is (number >= 3)
    assert counter.calls == 5  # three calls, one to record and one to compare with


def test_another_shape_runs_as_it_is_written() -> None:
    counter = Counter()
    replayed = Replayed(counter)
    for _ in range(4):
        replayed(torch.ones(2), 1.0)
    calls = counter.calls
    assert replayed(torch.ones(3), 2.0)[0].tolist() == [2.0, 2.0, 2.0]
    assert counter.calls == calls + 1
    assert counter.count.item() == 5
    assert replayed.played


def test_what_differs_stays_as_it_is_written(caplog: pytest.LogCaptureFixture) -> None:
    counter = Counter(lambda tensor, calls: tensor + float(calls))  # the number of calls is no tensor: it is frozen
    replayed = Replayed(counter)
    with caplog.at_level(logging.INFO):
        for _ in range(5):
            replayed(torch.ones(2), 1.0)
    assert not replayed.played
    assert "differs from what is written" in caplog.text
    assert counter.count.item() == 5


def test_what_cannot_be_recorded_stays_as_it_is_written(caplog: pytest.LogCaptureFixture) -> None:
    replayed = Replayed(Counter(lambda tensor, _: tensor / tensor.sum().item()))
    with caplog.at_level(logging.INFO):
        found = [replayed(torch.ones(2), 1.0)[0].tolist() for _ in range(4)]
    assert found == [[0.5, 0.5]] * 4
    assert not replayed.played
    assert "not recorded" in caplog.text


def test_what_was_played_can_be_written_to_by_what_is_not() -> None:
    first, second = Replayed(Counter()), Replayed(Counter(lambda tensor, _: tensor.mul_(2.0)), allowed=False)
    for _ in range(5):
        (found,) = second(first(torch.ones(2), 3.0)[0].add(0.0), 1.0)
        (found,) = second(*first(torch.ones(2), 3.0), 1.0)
        assert found.tolist() == [6.0, 6.0]
    assert first.played
    assert not second.played


def test_recording_and_comparing_draw_no_chance() -> None:
    def noisy(stream: RandomStream) -> Counter:
        def twist(tensor: Tensor, _: int) -> Tensor:
            with stream.drawn():
                return torch.nn.functional.dropout(tensor)

        return Counter(twist)

    streams = [RandomStream(5), RandomStream(5)]
    played, written = (
        Replayed(noisy(stream), stream, allowed=allowed) for stream, allowed in zip(streams, (True, False), strict=True)
    )
    for _ in range(6):
        assert torch.equal(played(torch.ones(100), 1.0)[0], written(torch.ones(100), 1.0)[0])
    assert played.played


def test_forgetting_begins_anew() -> None:
    counter = Counter()
    replayed = Replayed(counter)
    for _ in range(4):
        replayed(torch.ones(2), 1.0)
    counter.count = torch.full((1,), 10.0)  # its state has moved
    replayed.forget()
    for number in range(1, 5):
        replayed(torch.ones(2), 1.0)
        assert counter.count.item() == 10 + number
    assert replayed.played


@pytest.mark.skipif(torch.cuda.is_available(), reason="a CUDA graph can be captured here")
def test_without_a_gpu_nothing_is_captured(caplog: pytest.LogCaptureFixture) -> None:
    def twice(tensor: Tensor) -> tuple[Tensor, ...]:
        return (2 * tensor,)

    with caplog.at_level(logging.INFO):
        assert captured(twice, [torch.ones(2)]) is twice
        assert captured(twice, [torch.ones(2), 0.1]) is twice
    assert "not captured" in caplog.text


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA GPU")
def test_a_captured_function_gives_the_same(caplog: pytest.LogCaptureFixture) -> None:
    def twice(tensor: Tensor) -> tuple[Tensor, ...]:
        return (2 * tensor,)

    launched = captured(twice, [torch.ones(2, device="cuda")])
    assert launched is not twice
    assert launched(torch.tensor([3.0, 4.0], device="cuda"))[0].tolist() == [6.0, 8.0]
