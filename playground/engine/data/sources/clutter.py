"""MNIST's digits on noisy fields with clutter, pieces of other digits; composed per batch to save memory.

Only the positions are stored, some dozens of numbers per field; 60,000 complete fields would take 188 MB. Exported
programs copy `arranged`, `grain` and `composed` from here, and so train on the same fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from playground.engine.data.in_memory import Data, InputTargetPairs, Subset
from playground.engine.data.sources import mnist

SIDE = 56  # pixels of a field
DIGIT = 28  # pixels of one of MNIST's images
PIECE = 8  # pixels of a piece of another digit
RIM = 4  # pixels around MNIST's images without ink
HALF = 128  # a pixel counts as ink from this grey level of 255 on
GRAIN = 2**20  # random numbers from which the noise of all fields is cut
HELD_OUT = 10_000  # digits at the end of the training file, used for validation fields only


def read(
    train_count: int, validation_count: int, test_count: int, *, clutter: int, noise: float, shift: int, seed: int
) -> Data:
    """Fields for training, validation and testing; each part has its own digits and clutter.

    Inputs are (N, 1, 56, 56) float32 in [0, 1], targets (N, 56, 56) int64: 1 where the field's digit has ink.

    Args:
        train_count: number of training fields.
        validation_count: number of validation fields.
        test_count: number of test fields.
        clutter: number of pieces of other digits on each field.
        noise: standard deviation of each pixel's noise.
        shift: largest distance of the digit from the middle, in pixels along each axis; at most 14.
        seed: seed of all random numbers.

    Raises:
        DataError: one of MNIST's files is missing, unreadable or damaged.
    """
    digits = mnist.read(60_000 - HELD_OUT, HELD_OUT)
    speckles = grain(noise, seed)
    counts = (train_count, validation_count, test_count)
    parts = (digits.train, digits.validation, digits.test)
    fields = [
        Fields(_images(part), speckles, arranged(len(part), count, clutter, shift, seed, number))
        for number, (part, count) in enumerate(zip(parts, counts, strict=True))
    ]
    return Data(*fields)


def _images(part: Subset) -> Tensor:
    """Digits as (M, 28, 28) bytes."""
    assert isinstance(part, InputTargetPairs)
    return part.inputs.squeeze(1)


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """Some fields: the positions on each, and the images and noise to compose them from."""

    images: Tensor  # (M, 28, 28) uint8
    grain: Tensor  # (GRAIN,)
    positions: Tensor  # (N, 4 + 5 · pieces) int64, see `arranged`

    def __len__(self) -> int:
        return len(self.positions)

    def order(self, generator: Generator) -> Tensor:
        """All indices once, in random order."""
        return torch.randperm(len(self), generator=generator)

    def batch(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """The fields of these indices."""
        return composed(self.images, self.grain, self.positions.index_select(0, chosen))

    def cut(self, start: int, stop: int) -> tuple[Tensor, Tensor]:
        """Consecutive fields."""
        return composed(self.images, self.grain, self.positions[start:stop])

    def to(self, device: torch.device) -> Self:
        """The same fields on a device."""
        return type(self)(self.images.to(device), self.grain.to(device), self.positions.to(device))

    def empty(self, number: int) -> NDArray[np.float32]:
        """The field of this index without its digit: (56, 56) in [0, 1]."""
        inputs, _ = composed(self.images, self.grain, self.positions[number : number + 1], digit=False)
        field: NDArray[np.float32] = inputs[0, 0].numpy()
        return field


def arranged(digits: int, count: int, clutter: int, shift: int, seed: int, part: int) -> Tensor:
    """The positions of digits, noise and pieces on `count` fields: (count, 4 + 5 · clutter) int64.

    Each row has the index of the digit, its top and its left, and the start of its noise in the
    grain; then, for each piece, the index of its image, the top and the left of the part that is
    cut out there, and the top and the left of the piece on the field.

    Args:
        digits: number of images; the fields use them in order.
        count: number of fields.
        clutter: number of pieces on each field.
        shift: largest distance of a digit from the middle, in pixels along each axis.
        seed: seed of the random numbers.
        part: 0, 1 or 2, the part of the data; each part has different fields.
    """
    generator = torch.Generator().manual_seed(3 * seed + part)

    def drawn(low: int, high: int, *size: int) -> Tensor:
        """Random whole numbers from `low` to `high`, both included."""
        return torch.randint(low, high + 1, (count, *size), generator=generator)

    middle = (SIDE - DIGIT) // 2
    number = torch.arange(count).remainder(max(digits, 1)).unsqueeze(1)
    offsets, begins = drawn(middle - shift, middle + shift, 2), drawn(0, GRAIN - SIDE * SIDE, 1)
    sources = drawn(0, max(digits, 1) - 1, clutter, 1)
    cut = drawn(RIM, DIGIT - RIM - PIECE, clutter, 2)
    pieces = torch.cat([sources, cut, drawn(0, SIDE - PIECE, clutter, 2)], 2)
    return torch.cat([number, offsets, begins, pieces.flatten(1)], 1)


def grain(noise: float, seed: int) -> Tensor:
    """Normal noise of that standard deviation, (GRAIN,), from which each field cuts its part."""
    return noise * torch.randn(GRAIN, generator=torch.Generator().manual_seed(seed))


def composed(images: Tensor, grain: Tensor, positions: Tensor, *, digit: bool = True) -> tuple[Tensor, Tensor]:
    """Fields (N, 1, 56, 56) in [0, 1], and masks (N, 56, 56) int64: 1 where the digit has ink.

    Pieces of other digits are scattered as in Mnih, Heess, Graves and Kavukcuoglu, 2014,
    arXiv:1406.6247, section 4.1; where they overlap, the lighter pixel is used.

    Args:
        images: (M, 28, 28) uint8.
        grain: (L,) noise.
        positions: (N, 4 + 5 · pieces) int64, see `arranged`.
        digit: whether to draw the digits; without them there is only clutter and noise.
    """
    number, top, left, begin = positions[:, :4].unsqueeze(2).unbind(1)
    pieces = positions[:, 4:].reshape(len(positions), (positions.shape[1] - 4) // 5, 5, 1)
    fields = torch.zeros(len(positions), SIDE * SIDE, device=positions.device)
    masks = torch.zeros(len(positions), SIDE * SIDE, dtype=torch.int64, device=positions.device)
    digits = images.index_select(0, number.flatten()).flatten(1)
    offsets = SIDE * top + left + _square(DIGIT, SIDE, positions)
    if digit:
        fields.scatter_(1, offsets, digits / 255.0)
        masks.scatter_(1, offsets, (digits >= HALF).long())
    source, row, column, top, left = pieces.unbind(2)
    cut = DIGIT * (DIGIT * source + row) + column + _square(PIECE, DIGIT, positions)
    offsets = SIDE * top + left + _square(PIECE, SIDE, positions)
    fields.scatter_reduce_(1, offsets.flatten(1), images.flatten()[cut].flatten(1) / 255.0, "amax")
    fields += grain[begin + torch.arange(SIDE * SIDE, device=positions.device)]
    return fields.clamp_(0.0, 1.0).view(-1, 1, SIDE, SIDE), masks.view(-1, SIDE, SIDE)


def _square(side: int, stride: int, like: Tensor) -> Tensor:
    """Offsets (side²,) of the pixels of a square in an image whose rows are `stride` long."""
    steps = torch.arange(side, device=like.device)
    return (stride * steps.unsqueeze(1) + steps).flatten()
