"""A data set in memory: what is trained on, validated and tested with, as tensors, a batch of them at a time."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, replace
from typing import Protocol, Self

import torch
from torch import Generator, Tensor

from playground.engine.build import run
from playground.engine.runtime.out_of_memory import DATA, shortage_explained
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.dataset import Dataset
from playground.spec.messages import PlaygroundError


class DataError(PlaygroundError):
    """A data set is missing or damaged."""


class Subset(Protocol):
    """Some samples of a data set. Nobody writes to what it returns."""

    def __len__(self) -> int:
        """How many samples."""

    def order(self, generator: Generator) -> Tensor:
        """What `batch` is to be asked for in one epoch, (N,) int64 on the CPU, shuffled anew."""

    def batch(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """Inputs as a network takes them, and targets, of part of an `order`; what is chosen lies on the device."""

    def cut(self, start: int, stop: int) -> tuple[Tensor, Tensor]:
        """Inputs and targets of the samples from `start` to before `stop`, in their own order."""

    def to(self, device: torch.device) -> Self:
        """The same on a device; tensors that are there already are shared, not copied."""


@dataclass(frozen=True, slots=True, eq=False)
class InputTargetPairs:
    """Inputs (N, …) and targets (N, …) beside one another. Inputs that are bytes are pixels, see `pixels`."""

    inputs: Tensor
    targets: Tensor

    def __len__(self) -> int:
        return len(self.inputs)

    def order(self, generator: Generator) -> Tensor:
        """Every sample once."""
        return torch.randperm(len(self), generator=generator)

    def batch(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """The samples of these numbers."""
        return pixels(self.inputs.index_select(0, chosen)), self.targets.index_select(0, chosen)

    def cut(self, start: int, stop: int) -> tuple[Tensor, Tensor]:
        """Consecutive samples."""
        return pixels(self.inputs[start:stop]), self.targets[start:stop]

    def to(self, device: torch.device) -> Self:
        """The same pairs on a device."""
        return type(self)(self.inputs.to(device), self.targets.to(device))


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """A data set, divided. Keep it, and share it between runs: nobody writes to it."""

    train: Subset
    validation: Subset  # empty where nothing is held out
    test: Subset
    _: KW_ONLY
    origin: float = 0.0  # of numbers that are asked for: what 0 of the targets is in their own unit,
    unit: float = 1.0  # and by how much more 1 is

    def to(self, device: torch.device) -> Data:
        """The same data on a device."""
        parts = {name: getattr(self, name).to(device) for name in ("train", "validation", "test")}
        return replace(self, **parts)


def pixels(stored: Tensor) -> Tensor:
    """Stored bytes as a network sees them: float32 in [0, 1]. Bytes take a quarter of the memory until then.

    What is no bytes is what the network sees already.
    """
    return stored / 255.0 if stored.dtype == torch.uint8 else stored


def load(dataset: Dataset) -> Data:
    """Read a data set.

    Raises:
        DataError: a file is missing, unreadable or damaged.
        Cancelled: see `stop_if_cancelled`; every loader asks that between its pieces.
        OutOfMemory: there is not enough memory for it.
    """
    stop_if_cancelled()
    with shortage_explained(DATA):
        data: Data = run(dataset.call())
    return data
