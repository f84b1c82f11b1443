"""Requests are answered together, each with its own answers, whatever happens to the others."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from playground.engine.service.batching import Batcher, Full


def _with_batcher(
    answer: Callable[[list[int]], list[str]], use: Callable[[Batcher[int, str]], Awaitable[None]], queued: int = 100
) -> None:
    async def run() -> None:
        with ThreadPoolExecutor(1) as executor:
            batcher = Batcher(answer, executor, most=4, wait=0.002, queued=queued)
            await use(batcher)
            await batcher.close()

    asyncio.run(run())


def test_every_request_gets_its_own_answers() -> None:
    sizes: list[int] = []

    def answer(samples: list[int]) -> list[str]:
        sizes.append(len(samples))
        return [str(sample) for sample in samples]

    async def use(batcher: Batcher[int, str]) -> None:
        asked = [list(range(number)) for number in range(20)]
        found = await asyncio.gather(*map(batcher.ask, asked))
        assert found == [[str(sample) for sample in samples] for samples in asked]

    _with_batcher(answer, use)
    assert sum(sizes) == sum(range(20))
    assert len(sizes) == 5  # of four requests each


def test_further_requests_are_refused_and_those_that_wait_are_answered() -> None:
    entered, gate = threading.Event(), threading.Event()

    def answer(samples: list[int]) -> list[str]:
        entered.set()
        gate.wait(30)
        return ["" for _ in samples]

    async def use(batcher: Batcher[int, str]) -> None:
        first = asyncio.create_task(batcher.ask([1]))
        await asyncio.to_thread(entered.wait, 30)
        waiting = [asyncio.create_task(batcher.ask([number])) for number in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Full):
            await batcher.ask([9])
        gate.set()
        assert await asyncio.gather(first, *waiting) == [[""]] * 3

    _with_batcher(answer, use, queued=2)


def test_a_request_that_fails_takes_no_other_of_its_batch_with_it() -> None:
    def answer(samples: list[int]) -> list[str]:
        if 0 in samples:
            raise ValueError("zero")
        return ["" for _ in samples]

    async def use(batcher: Batcher[int, str]) -> None:
        asked = (batcher.ask([1]), batcher.ask([0]), batcher.ask([3, 4]))
        first, second, third = await asyncio.gather(*asked, return_exceptions=True)
        assert (first, str(second), third) == ([""], "zero", ["", ""])
        assert await batcher.ask([2]) == [""]

    _with_batcher(answer, use)


def test_what_waits_is_answered_before_the_end() -> None:
    async def use(batcher: Batcher[int, str]) -> None:
        asked = [asyncio.create_task(batcher.ask([number])) for number in range(9)]
        await asyncio.sleep(0)
        await batcher.close()
        assert all(task.done() for task in asked)

    _with_batcher(lambda samples: ["" for _ in samples], use)


def test_large_requests_are_not_collected() -> None:
    sizes: list[int] = []

    def answer(samples: list[int]) -> list[str]:
        sizes.append(len(samples))
        return [str(sample) for sample in samples]

    async def use(batcher: Batcher[int, str]) -> None:
        found = await asyncio.gather(*(batcher.ask(range(count)) for count in (200, 50, 10, 300)))
        assert [len(item) for item in found] == [200, 50, 10, 300]

    _with_batcher(answer, use)
    assert sizes == [250, 10, 300]


def test_quick_batches_are_answered_in_the_thread_of_the_loop_and_never_beside_other_work() -> None:
    threads: list[int] = []
    main: list[int] = []
    working, gate = threading.Event(), threading.Event()

    def answer(samples: list[int]) -> list[str]:
        assert not working.is_set()
        threads.append(threading.get_ident())
        return [str(sample) for sample in samples]

    def work() -> None:
        working.set()
        gate.wait(30)
        working.clear()

    async def run() -> None:
        main.append(threading.get_ident())
        with ThreadPoolExecutor(1) as executor:
            batcher = Batcher(answer, executor, light=lambda sample: sample < 100)
            for number in range(8):
                assert await batcher.ask([number]) == [str(number)]
            assert threads[-1] == main[0]
            await batcher.ask([100])  # not light
            assert threads[-1] != main[0]
            other = asyncio.create_task(batcher.run(work))
            await asyncio.to_thread(working.wait, 30)
            other.cancel()  # as a deadline does; the thread computes on
            asked = asyncio.create_task(batcher.ask([1]))
            done, _ = await asyncio.wait([asked], timeout=0.1)
            assert not done
            gate.set()
            assert await asked == ["1"]
            assert await batcher.run(threading.get_ident) == threads[0]
            await batcher.ask([1])
            assert threads[-1] == main[0]
            await batcher.close()

    asyncio.run(run())
    assert threads[0] != main[0]
