"""Data with faults put into them, and fewer samples of data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import torch
from torch import Generator, Tensor

from playground.engine.data.in_memory import Data, InputTargetPairs, Subset, pixels


@dataclass(frozen=True, eq=False)
class Few:
    """So many samples of a part; in an epoch any, in their stored order the first."""

    part: Subset
    count: int

    def __len__(self) -> int:
        return min(self.count, len(self.part))

    def order(self, generator: Generator) -> Tensor:
        return self.part.order(generator)[: len(self)]

    def batch(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        return self.part.batch(chosen)

    def cut(self, start: int, stop: int) -> tuple[Tensor, Tensor]:
        return self.part.cut(start, min(stop, len(self)))

    def to(self, device: torch.device) -> Self:
        return type(self)(self.part.to(device), self.count)


def few(data: Data, train: int, validation: int, test: int) -> Data:
    """At most so many samples of each part."""
    return replace(
        data, train=_few(data.train, train), validation=_few(data.validation, validation), test=_few(data.test, test)
    )


def _few(part: Subset, count: int) -> Subset:
    if isinstance(part, InputTargetPairs):
        return InputTargetPairs(part.inputs[:count], part.targets[:count])
    return Few(part, count)


def _pairs(part: Subset) -> InputTargetPairs:
    assert isinstance(part, InputTargetPairs)
    return part


def repeated(part: Subset, times: int) -> InputTargetPairs:
    """Every sample so often, so that an epoch is as many passes."""
    pairs = _pairs(part)
    inputs = torch.cat([pairs.inputs] * times)
    return InputTargetPairs(inputs, torch.cat([pairs.targets] * times))


def scaled(data: Data, factor: float, shift: float = 0.0) -> Data:
    """All inputs multiplied and shifted."""

    def other(part: Subset) -> InputTargetPairs:
        pairs = _pairs(part)
        return InputTargetPairs(pixels(pairs.inputs).float() * factor + shift, pairs.targets)

    return replace(data, train=other(data.train), validation=other(data.validation), test=other(data.test))


def imbalanced(data: Data, rare: int, share: float) -> Data:
    """Of one class only this share of its training samples is kept."""
    pairs = _pairs(data.train)
    places = (pairs.targets == rare).nonzero().flatten()
    keep = torch.ones(len(pairs), dtype=torch.bool)
    keep[places[int(share * len(places)) :]] = False
    return replace(data, train=InputTargetPairs(pairs.inputs[keep], pairs.targets[keep]))


def overlapping(data: Data, share: float) -> Data:
    """This share of the test samples is replaced by training samples."""
    train, test = _pairs(data.train), _pairs(data.test)
    count = int(share * len(test))
    inputs = torch.cat([train.inputs[:count], test.inputs[count:]])
    return replace(data, test=InputTargetPairs(inputs, torch.cat([train.targets[:count], test.targets[count:]])))


def mislabelled(data: Data, classes: int, share: float, seed: int) -> Data:
    """This share of the training samples gets another class."""
    pairs, generator = _pairs(data.train), Generator().manual_seed(seed)
    wrong = torch.rand(len(pairs), generator=generator) < share
    offset = torch.randint(1, classes, (len(pairs),), generator=generator)
    return replace(
        data,
        train=InputTargetPairs(pairs.inputs, torch.where(wrong, (pairs.targets + offset) % classes, pairs.targets)),
    )


def shuffled(data: Data, seed: int) -> Data:
    """Each training sample gets the label of another."""
    pairs = _pairs(data.train)
    order = torch.randperm(len(pairs), generator=Generator().manual_seed(seed))
    return replace(data, train=InputTargetPairs(pairs.inputs, pairs.targets[order]))
