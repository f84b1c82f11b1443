"""MNIST's images as inputs and as targets, stored once, as bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import torch
from torch import Generator, Tensor

from playground.engine.data.in_memory import Data, InputTargetPairs, Subset, pixels
from playground.engine.data.sources import mnist


def read(train_count: int, validation_count: int) -> Data:
    """Read MNIST and split it: the first images of the training file for training, its last for validation.

    Inputs and targets are the same images, (N, 1, 28, 28) float32 in [0, 1].

    Raises:
        DataError: a file is missing, unreadable or damaged.
    """
    digits = mnist.read(train_count, validation_count)
    return Data(*map(_mirrored, (digits.train, digits.validation, digits.test)))


def _mirrored(part: Subset) -> Mirrored:
    assert isinstance(part, InputTargetPairs)
    return Mirrored(part.inputs)


@dataclass(frozen=True, slots=True, eq=False)
class Mirrored:
    """Images (N, 1, H, W) uint8, each its own target."""

    images: Tensor

    def __len__(self) -> int:
        return len(self.images)

    def order(self, generator: Generator) -> Tensor:
        """All indices once, in random order."""
        return torch.randperm(len(self), generator=generator)

    def batch(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """The images of these indices, as inputs and as targets."""
        images = pixels(self.images.index_select(0, chosen))
        return images, images

    def cut(self, start: int, stop: int) -> tuple[Tensor, Tensor]:
        """Consecutive images, as inputs and as targets."""
        images = pixels(self.images[start:stop])
        return images, images

    def to(self, device: torch.device) -> Self:
        """The same images on a device."""
        return type(self)(self.images.to(device))
