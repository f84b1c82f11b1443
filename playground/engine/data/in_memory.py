"""Data sets in memory: training, validation and test samples as tensors, read batch by batch."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Protocol, Self

import torch
from torch import Generator, Tensor

from playground.engine.build import run
from playground.engine.data.sample_places import PartPlaces, SampleOrder
from playground.engine.data.scaling import Scaling
from playground.engine.runtime.out_of_memory import DATA, shortage_explained
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.dataset import Dataset
from playground.spec.messages import Message, PlaygroundError


class DataError(PlaygroundError):
    """A data set is missing or damaged."""


class Subset(Protocol):
    """Some samples of a data set. Callers must not modify the tensors that it returns."""

    def __len__(self) -> int:
        """The number of samples."""

    def order(self, generator: Generator) -> Tensor:
        """The arguments of `batch` for one epoch, (N,) int64 on the CPU, in a new random order."""

    def batch(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """Inputs for the network, and targets, of a part of an `order`; `chosen` is on the subset's device."""

    def cut(self, start: int, stop: int) -> tuple[Tensor, Tensor]:
        """Inputs and targets of the samples from `start` to before `stop`, in their stored order."""

    def to(self, device: torch.device) -> Self:
        """The same on a device; tensors already on it are shared, not copied."""


@dataclass(frozen=True, slots=True, eq=False)
class InputTargetPairs:
    """Inputs (N, …) and targets (N, …) in the same order. Inputs of dtype uint8 are pixels, see `pixels`."""

    inputs: Tensor
    targets: Tensor

    def __len__(self) -> int:
        return len(self.inputs)

    def order(self, generator: Generator) -> Tensor:
        """All indices once, in random order."""
        return torch.randperm(len(self), generator=generator)

    def batch(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """The samples of these indices."""
        return pixels(self.inputs.index_select(0, chosen)), self.targets.index_select(0, chosen)

    def cut(self, start: int, stop: int) -> tuple[Tensor, Tensor]:
        """Consecutive samples."""
        return pixels(self.inputs[start:stop]), self.targets[start:stop]

    def to(self, device: torch.device) -> Self:
        """The same pairs on a device."""
        return type(self)(self.inputs.to(device), self.targets.to(device))


@dataclass(frozen=True, slots=True, eq=False)
class LimitedSubset:
    """At most `count` samples of a subset: the first of each order, so that every epoch has others."""

    whole: Subset
    count: int

    def __len__(self) -> int:
        return min(self.count, len(self.whole))

    def order(self, generator: Generator) -> Tensor:
        return self.whole.order(generator)[: self.count]

    def batch(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        return self.whole.batch(chosen)

    def cut(self, start: int, stop: int) -> tuple[Tensor, Tensor]:
        return self.whole.cut(start, min(stop, self.count))

    def to(self, device: torch.device) -> LimitedSubset:
        return LimitedSubset(self.whole.to(device), self.count)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Data:
    """A data set, split into three parts. It is never modified, so that runs can share it."""

    train: Subset
    validation: Subset  # empty without validation data
    test: Subset
    _: KW_ONLY
    scaling: Scaling | None = None  # of a table
    remarks: tuple[Message, ...] = ()  # on how they were read, for people
    places: PartPlaces | None = field(default=None, compare=False)  # of the samples in files, where they are known
    order: SampleOrder | None = field(default=None, compare=False)  # where examples can be changed

    @property
    def origin(self) -> float:
        """A target t that is a number stands for origin + unit · t, in the unit of the data."""
        return self.scaling.target_mean if self.scaling else 0.0

    @property
    def unit(self) -> float:
        """See `origin`."""
        return self.scaling.target_deviation if self.scaling else 1.0

    def to(self, device: torch.device) -> Data:
        """The same data on a device."""
        parts = {name: getattr(self, name).to(device) for name in ("train", "validation", "test")}
        return replace(self, **parts)


def pixels(stored: Tensor) -> Tensor:
    """Stored pixels as inputs of a network: bytes become float32 in [0, 1]. Bytes take a quarter of the memory.

    Tensors of another dtype are returned unchanged.
    """
    return stored / 255.0 if stored.dtype == torch.uint8 else stored


def load(dataset: Dataset) -> Data:
    """Read a data set.

    Raises:
        DataError: a file is missing, unreadable or damaged.
        Cancelled: see `stop_if_cancelled`, which every reader calls between its pieces.
        OutOfMemory: there is not enough memory for it.
    """
    stop_if_cancelled()
    with shortage_explained(DATA):
        data: Data = run(dataset.call())
    return data
