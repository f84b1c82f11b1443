"""Collects the samples of several requests, and asks a network about all of them at once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from functools import partial
from time import thread_time
from typing import Generic, NamedTuple, TypeVar

S = TypeVar("S")
A = TypeVar("A")
R = TypeVar("R")

AT_ONCE = 0.002  # seconds of work that may be done in the thread of the event loop
BATCH_SAMPLES = 256  # that are answered together, unless one request has more
MOST = 32  # requests that are answered together
WAIT = 0.002  # seconds that a request waits for others
QUEUED = 512  # requests that may wait; of further ones the client is told to come again
_LAST = 5  # batches


class Full(Exception):
    """As many requests wait as may."""


class _Waiting(NamedTuple, Generic[S, A]):
    samples: Sequence[S]
    answers: asyncio.Future[list[A]]


class Batcher(Generic[S, A]):
    """Answers requests in batches: of at most `most` requests, of which the first waited for `wait` seconds at most.

    `answer` is called with the samples of all requests of a batch in their order, and returns as many answers. A
    request whose client has gone is left out. All methods belong to one event loop.

    It is called in the executor, which has one thread. Where all samples are `light`, known to take about as long as
    others did, and the batch is expected to take less than `AT_ONCE`, it is called in the thread of the event loop: a
    small network is done sooner than two threads have handed the interpreter's lock to each other. Never both at once.
    """

    def __init__(
        self,
        answer: Callable[[list[S]], list[A]],
        executor: Executor,
        most: int = MOST,
        wait: float = WAIT,
        queued: int = QUEUED,
        light: Callable[[S], bool] | None = None,
    ) -> None:
        self._answer, self._executor = answer, executor
        self._most, self._wait, self._queued = most, wait, queued
        self._light = light
        self._costs: deque[float] = deque(maxlen=_LAST)  # seconds of a sample, in the last batches
        self._running = 0  # pieces of work that were handed to the executor and have not ended
        self._answering = False  # whether requests that wait no longer have not been answered
        self._waiting: deque[_Waiting[S, A]] = deque()
        self._arrived = asyncio.Event()
        self._full = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.batches: Callable[[int], object] = int  # told the number of samples of each batch

    @property
    def queued(self) -> int:
        """The number of requests that wait."""
        return len(self._waiting)

    async def ask(self, samples: Sequence[S]) -> list[A]:
        """The answers to the samples of one request.

        Raises:
            Full: too many requests wait.
        """
        if len(self._waiting) >= self._queued:
            raise Full
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        future: asyncio.Future[list[A]] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(samples, future))
        self._arrived.set()
        if len(self._waiting) >= self._most:
            self._full.set()
        return await future

    async def run(self, work: Callable[[], R]) -> R:
        """The result of work for which `answer` must not be called at the same time; done in the executor.

        Raises:
            Full: too much work waits.
        """
        if self._running > self._queued:
            raise Full
        future = self._executor.submit(work)
        self._running += 1
        # Who waits may be cancelled; the thread computes on, and until it has ended nothing else may.
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: loop.call_soon_threadsafe(self._ended))
        return await asyncio.wrap_future(future)

    def _ended(self) -> None:
        self._running -= 1

    async def close(self) -> None:
        """Answer what waits, and end."""
        while self._waiting or self._running or self._answering:
            await asyncio.sleep(self._wait)
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _run(self) -> None:
        while True:
            await self._arrived.wait()
            if len(self._waiting) < self._most:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._full.wait(), self._wait)
            await self._answer_together()

    async def _answer_together(self) -> None:
        batch, count = [self._waiting.popleft()], 0
        while self._waiting and len(batch) < self._most:
            count += len(batch[-1].samples)
            if count + len(self._waiting[0].samples) > BATCH_SAMPLES:
                break
            batch.append(self._waiting.popleft())
        if not self._waiting:
            self._arrived.clear()
        if len(self._waiting) < self._most:
            self._full.clear()
        batch = [item for item in batch if not item.answers.done()]
        if any(item.samples for item in batch):
            self.batches(sum(len(item.samples) for item in batch))
        self._answering = True
        try:
            await self._answer_batch(batch)
        finally:
            self._answering = False

    async def _answer_batch(self, batch: Sequence[_Waiting[S, A]]) -> None:
        """Answer requests with one call; where it fails, each request with its own, so that a bad one fails alone."""
        samples = [sample for item in batch for sample in item.samples]
        if not samples:
            found: list[A] = []
        else:
            try:
                quick = self._is_quick(samples)
                found = self._timed(samples) if quick else await self.run(partial(self._timed, samples))
            except Exception as error:  # the request reports it
                if len(batch) > 1:
                    for item in batch:
                        if not item.answers.done():
                            await self._answer_batch([item])
                elif not batch[0].answers.done():
                    batch[0].answers.set_exception(error)
                return
        answers = iter(found)
        for item in batch:
            own = [next(answers) for _ in item.samples]
            if not item.answers.done():
                item.answers.set_result(own)

    def _is_quick(self, samples: Sequence[S]) -> bool:
        if self._running or self._light is None or len(self._costs) < _LAST:
            return False
        if max(self._costs) * len(samples) > AT_ONCE:
            return False
        return all(map(self._light, samples))

    def _timed(self, samples: list[S]) -> list[A]:
        """The answers; notes how long the processor took, whatever else it did meanwhile."""
        began = thread_time()
        found = self._answer(samples)
        self._costs.append((thread_time() - began) / len(samples))
        return found
