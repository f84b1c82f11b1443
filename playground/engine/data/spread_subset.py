"""Some samples of a part, taken from all over it: those of a file are often sorted by class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Generator, Tensor

from playground.engine.data.in_memory import LimitedSubset, Subset
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.text import Text


@dataclass(frozen=True, slots=True, eq=False)
class SpreadSubset:
    """The samples of a subset at indices, (N,) int64, ascending and on its device; `whole` is no such subset."""

    whole: Subset
    chosen: Tensor

    def __len__(self) -> int:
        return len(self.chosen)

    def order(self, generator: Generator) -> Tensor:
        """All of them once, in random order."""
        return self.chosen.cpu()[torch.randperm(len(self), generator=generator)]

    def batch(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """The samples of these indices of the whole."""
        return self.whole.batch(chosen)

    def cut(self, start: int, stop: int) -> tuple[Tensor, Tensor]:
        """Consecutive ones of the chosen samples."""
        return self.whole.batch(self.chosen[start:stop])

    def to(self, device: torch.device) -> SpreadSubset:
        """The same on a device."""
        return SpreadSubset(self.whole.to(device), self.chosen.to(device))


def some(samples: Subset, dataset: Dataset, most: int) -> Subset:
    """At most `most` samples, the same ones every time; of a text, whose windows follow one another, the first ones."""
    if most >= len(samples):
        return samples
    if isinstance(dataset, Text):
        return LimitedSubset(samples, most)
    whole = samples.whole if isinstance(samples, SpreadSubset) else samples
    chosen = torch.from_numpy(indices(samples)[numbers_of_some(samples, dataset, most)])
    return SpreadSubset(whole, chosen.to(samples.cut(0, 1)[1].device))


def numbers_of_some(samples: Subset, dataset: Dataset, most: int) -> npt.NDArray[np.int64]:
    """The positions among `samples`, (N,), of those that `some` gives, in the same order."""
    count = len(samples)
    return spread(count, most) if most < count and not isinstance(dataset, Text) else np.arange(min(most, count))


def spread(count: int, most: int) -> npt.NDArray[np.int64]:
    """`most` of the numbers below `count`, ascending: one from each of `most` stretches of about the same length.

    Which one of it is drawn, with a fixed seed: equal distances would meet one class alone where classes alternate.
    """
    ends = np.arange(most + 1) * count // most
    drawn = np.random.default_rng(0).random(most)
    found: npt.NDArray[np.int64] = ends[:-1] + (drawn * np.diff(ends)).astype(np.int64)
    return found


def indices(samples: Subset) -> npt.NDArray[np.int64]:
    """The index of each sample in the part that it was taken from, (N,)."""
    return samples.chosen.cpu().numpy() if isinstance(samples, SpreadSubset) else np.arange(len(samples))
