"""Samples that do not fit into memory together: they are read when a batch needs them, and the latest are kept."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock

import numpy as np
import numpy.typing as npt
import torch
from torch import Generator, Tensor

from playground.engine.data.in_memory import pixels

Picture = npt.NDArray[np.uint8]

MOST_KEPT = 1_000_000_000  # bytes of pictures that are kept
_THREADS = min(8, os.cpu_count() or 1)  # that read at the same time; decoders release the interpreter's lock
_PER_THREAD = 4  # pictures that are worth a thread


class KeptPictures:
    """Reads pictures by number, several at a time, and keeps those that were used last. Any thread may call it."""

    def __init__(self, read: Callable[[int], Picture], most: int = MOST_KEPT, identity: str = "") -> None:
        """`read` is called in other threads; `most` bytes are kept. `identity` is equal where the pictures are."""
        self._read, self._most, self.identity = read, most, identity
        self._kept: OrderedDict[int, Picture] = OrderedDict()  # those that were used last at the end
        self._bytes = 0
        self._lock = Lock()

    @property
    def kept(self) -> int:
        """The number of bytes that are kept."""
        return self._bytes

    def pictures(self, numbers: Sequence[int]) -> Picture:
        """The pictures of these numbers, (N, C, H, W).

        Raises:
            Exception: `read` raised it.
        """
        with self._lock:
            found = {number: self._kept[number] for number in numbers if number in self._kept}
            for number in found:
                self._kept.move_to_end(number)
        missing = [number for number in dict.fromkeys(numbers) if number not in found]
        made = dict(zip(missing, self._made(missing), strict=True))
        with self._lock:
            for number, picture in made.items():
                self._keep(number, picture)
        found |= made
        return np.stack([found[number] for number in numbers])

    def _made(self, numbers: Sequence[int]) -> list[Picture]:
        threads = min(_THREADS, len(numbers) // _PER_THREAD)
        if threads < 2:
            return list(map(self._read, numbers))
        with ThreadPoolExecutor(threads) as pool:  # starts in 0.1 ms; a lasting one would outlive the data
            return list(pool.map(self._read, numbers))

    def _keep(self, number: int, picture: Picture) -> None:
        if number not in self._kept:  # another thread may have read it meanwhile
            self._kept[number] = picture
            self._bytes += picture.nbytes
        while self._bytes > self._most and self._kept:
            self._bytes -= self._kept.popitem(last=False)[1].nbytes


@dataclass(frozen=True, slots=True, eq=False)
class OnDemandPairs:
    """Pictures that are read when they are needed, and targets in memory; a drop-in for `InputTargetPairs`."""

    source: KeptPictures
    numbers: Tensor  # of the pictures in `source`, (N,) int64 on the CPU
    targets: Tensor  # (N,)

    def __len__(self) -> int:
        return len(self.numbers)

    def order(self, generator: Generator) -> Tensor:
        """All indices once, in random order."""
        return torch.randperm(len(self), generator=generator)

    def batch(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """The samples of these indices."""
        return self._pixels(self.numbers[chosen.cpu()]), self.targets.index_select(0, chosen)

    def cut(self, start: int, stop: int) -> tuple[Tensor, Tensor]:
        """Consecutive samples."""
        return self._pixels(self.numbers[start:stop]), self.targets[start:stop]

    def to(self, device: torch.device) -> OnDemandPairs:
        """The same with targets, and pictures once they are read, on a device."""
        return OnDemandPairs(self.source, self.numbers, self.targets.to(device))

    def _pixels(self, numbers: Tensor) -> Tensor:
        pictures = self.source.pictures(numbers.tolist() or [0])[: len(numbers)]  # none still have a shape
        return pixels(torch.from_numpy(pictures).to(self.targets.device))
