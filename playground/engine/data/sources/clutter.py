"""MNIST's digits on noisy fields among pieces of other digits, composed a batch at a time so that memory stays small.

Only where everything lies is kept, some dozens of numbers a field; 60,000 whole fields would take 188 MB. Exported
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
PIECE = 8  # pixels of what is cut out of other digits
RIM = 4  # pixels around MNIST's images that hold no ink
HALF = 128  # from this grey of 255 on a pixel counts as ink
GRAIN = 2**20  # numbers that the noise of all fields is cut from
HELD_OUT = 10_000  # digits at the end of the training file of which held-out fields are made, and no others


def read(
    train_count: int, validation_count: int, test_count: int, *, clutter: int, noise: float, shift: int, seed: int
) -> Data:
    """Fields to train on, to hold out and to test with; each part has digits and clutter of its own.

    Inputs are (N, 1, 56, 56) float32 in [0, 1], targets (N, 56, 56) int64: 1 where the field's digit has ink.

    Args:
        train_count: how many fields to train on.
        validation_count: how many to hold out.
        test_count: how many to test with.
        clutter: how many pieces of other digits lie on each.
        noise: standard deviation of each pixel's noise.
        shift: by how many pixels the digit may lie beside the middle, both ways; at most 14.
        seed: where the chance in all this begins.

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
    """Some fields: where everything lies on each, and what it is cut from."""

    images: Tensor  # (M, 28, 28) uint8
    grain: Tensor  # (GRAIN,)
    places: Tensor  # (N, 4 + 5 · pieces) int64, see `arranged`

    def __len__(self) -> int:
        return len(self.places)

    def order(self, generator: Generator) -> Tensor:
        """Every field once."""
        return torch.randperm(len(self), generator=generator)

    def batch(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """The fields of these numbers."""
        return composed(self.images, self.grain, self.places.index_select(0, chosen))

    def cut(self, start: int, stop: int) -> tuple[Tensor, Tensor]:
        """Consecutive fields."""
        return composed(self.images, self.grain, self.places[start:stop])

    def to(self, device: torch.device) -> Self:
        """The same fields on a device."""
        return type(self)(self.images.to(device), self.grain.to(device), self.places.to(device))

    def empty(self, number: int) -> NDArray[np.float32]:
        """The field of this number without its digit: (56, 56) in [0, 1]."""
        inputs, _ = composed(self.images, self.grain, self.places[number : number + 1], digit=False)
        field: NDArray[np.float32] = inputs[0, 0].numpy()
        return field


def arranged(digits: int, count: int, clutter: int, shift: int, seed: int, part: int) -> Tensor:
    """Where everything lies on `count` fields: (count, 4 + 5 · clutter) int64.

    Each row has the number of the digit, its top and its left, and where its noise begins; then,
    for each piece, the number of its image, the top and the left of the part that is cut out there,
    and the top and the left of its place on the field.

    Args:
        digits: how many images there are; those of the fields come in their order.
        count: how many fields there are.
        clutter: how many pieces lie on each.
        shift: by how many pixels a digit may lie beside the middle, both ways.
        seed: where chance begins.
        part: 0, 1 or 2, of which part of the data they are: each has other fields.
    """
    generator = torch.Generator().manual_seed(3 * seed + part)

    def drawn(low: int, high: int, *size: int) -> Tensor:
        """Whole numbers from `low` to `high`, both of them included."""
        return torch.randint(low, high + 1, (count, *size), generator=generator)

    middle = (SIDE - DIGIT) // 2
    number = torch.arange(count).remainder(max(digits, 1)).unsqueeze(1)
    lies, begins = drawn(middle - shift, middle + shift, 2), drawn(0, GRAIN - SIDE * SIDE, 1)
    sources = drawn(0, max(digits, 1) - 1, clutter, 1)
    cut = drawn(RIM, DIGIT - RIM - PIECE, clutter, 2)
    pieces = torch.cat([sources, cut, drawn(0, SIDE - PIECE, clutter, 2)], 2)
    return torch.cat([number, lies, begins, pieces.flatten(1)], 1)


def grain(noise: float, seed: int) -> Tensor:
    """Normal noise of that standard deviation, (GRAIN,): each field cuts its own out of it."""
    return noise * torch.randn(GRAIN, generator=torch.Generator().manual_seed(seed))


def composed(images: Tensor, grain: Tensor, places: Tensor, *, digit: bool = True) -> tuple[Tensor, Tensor]:
    """Fields (N, 1, 56, 56) in [0, 1], and masks (N, 56, 56) int64: 1 where the digit has ink.

    Pieces of other digits are strewn as in Mnih, Heess, Graves and Kavukcuoglu, 2014,
    arXiv:1406.6247, section 4.1; where two lie on one another, the lighter pixel is seen.

    Args:
        images: (M, 28, 28) uint8.
        grain: (L,) noise.
        places: (N, 4 + 5 · pieces) int64, see `arranged`.
        digit: whether the digits are there; without them there is only clutter and noise.
    """
    number, top, left, begin = places[:, :4].unsqueeze(2).unbind(1)
    pieces = places[:, 4:].reshape(len(places), (places.shape[1] - 4) // 5, 5, 1)
    fields = torch.zeros(len(places), SIDE * SIDE, device=places.device)
    masks = torch.zeros(len(places), SIDE * SIDE, dtype=torch.int64, device=places.device)
    digits = images.index_select(0, number.flatten()).flatten(1)
    lies = SIDE * top + left + _square(DIGIT, SIDE, places)
    if digit:
        fields.scatter_(1, lies, digits / 255.0)
        masks.scatter_(1, lies, (digits >= HALF).long())
    source, row, column, top, left = pieces.unbind(2)
    cut = DIGIT * (DIGIT * source + row) + column + _square(PIECE, DIGIT, places)
    lies = SIDE * top + left + _square(PIECE, SIDE, places)
    fields.scatter_reduce_(1, lies.flatten(1), images.flatten()[cut].flatten(1) / 255.0, "amax")
    fields += grain[begin + torch.arange(SIDE * SIDE, device=places.device)]
    return fields.clamp_(0.0, 1.0).view(-1, 1, SIDE, SIDE), masks.view(-1, SIDE, SIDE)


def _square(side: int, stride: int, like: Tensor) -> Tensor:
    """Offsets (side²,) of the pixels of a square in an image whose rows are `stride` long."""
    steps = torch.arange(side, device=like.device)
    return (stride * steps.unsqueeze(1) + steps).flatten()
