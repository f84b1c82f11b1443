"""Streams of chance for what can only draw from torch's global generator: building networks, and Dropout."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

import torch

# The generator is one for all threads: while a run's Dropout draws from it, another thread may build a network.
_LENT = RLock()


class RandomStream:
    """Random numbers of its own from a seed, on the CPU, whoever else uses the global generator in between.

    `generator` is where it stands: what can draw from a generator that it is given may draw from this one.
    """

    def __init__(self, seed: int) -> None:
        self.generator = torch.Generator().manual_seed(seed)

    @contextmanager
    def drawn(self) -> Iterator[None]:
        """Let torch's global generator continue this stream, alone, and put it back afterwards."""
        with _LENT:
            outer = torch.get_rng_state()
            torch.set_rng_state(self.generator.get_state())
            try:
                yield
            finally:
                self.generator.set_state(torch.get_rng_state())
                torch.set_rng_state(outer)
