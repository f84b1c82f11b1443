"""Separate random streams for code that only uses torch's global generator: building networks, and Dropout."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

import torch

# All threads share the global generator: while a run's Dropout uses it, another thread may build a network.
_GLOBAL_GENERATOR_LOCK = RLock()


class RandomStream:
    """A random stream from a seed, on the CPU, independent of other uses of the global generator.

    `generator` has its state; functions that take a generator can use it directly.
    """

    def __init__(self, seed: int) -> None:
        self.generator = torch.Generator().manual_seed(seed)

    @contextmanager
    def drawn(self) -> Iterator[None]:
        """Let torch's global generator continue this stream, under a lock, and restore its state afterwards."""
        with _GLOBAL_GENERATOR_LOCK:
            outer = torch.get_rng_state()
            torch.set_rng_state(self.generator.get_state())
            try:
                yield
            finally:
                self.generator.set_state(torch.get_rng_state())
                torch.set_rng_state(outer)


@contextmanager
def own_chance(device: torch.device, seed: int) -> Iterator[None]:
    """Let layers on a CUDA device, which draw from its generator as it is, leave that as it was.

    On the CPU they have a stream of their own, see `TrainStep`.
    """
    if device.type != "cuda":
        yield
        return
    with torch.random.fork_rng([device]):
        torch.cuda.manual_seed(seed)
        yield
