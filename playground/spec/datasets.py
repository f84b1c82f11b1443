"""Data sets: what comes in, what is asked, and how it is divided."""

from __future__ import annotations

from typing import ClassVar

from playground.spec.component import Component, integer, real
from playground.spec.layer import Shape
from playground.spec.words import mark


class Dataset(Component):
    """The family. Shapes and counts are known without reading anything."""

    sample_shape: ClassVar[Shape]
    classes: ClassVar[int]
    available: ClassVar[int]  # samples to train on or to hold out
    test_count: ClassVar[int]

    train_limit: int = integer(
        60_000,
        mark("Training images"),
        mark("At most this many are trained on; few of them are quickly learned by heart."),
        ge=1,
        le=60_000,
    )
    validation_share: float = real(
        0.0,
        mark("Held out"),
        mark("Share of the data that is never trained on, to see how well the network generalises."),
        ge=0.0,
        le=0.5,
    )

    @property
    def validation_count(self) -> int:
        """How many samples are held out: the last of the training file."""
        return round(self.available * self.validation_share)

    @property
    def train_count(self) -> int:
        """How many samples are trained on: the first of the training file."""
        return min(self.train_limit, self.available - self.validation_count)


class MNIST(Dataset):
    """Handwritten digits (LeCun, Cortes and Burges, 1998): 60,000 to train on and 10,000 to test, 28 × 28 grey."""

    id: ClassVar[str] = "mnist"
    label: ClassVar[str] = mark("MNIST")
    help: ClassVar[str] = mark("70,000 handwritten digits, 28 × 28 pixels, white on black. Which digit is it?")
    sample_shape: ClassVar[Shape] = (1, 28, 28)
    classes: ClassVar[int] = 10
    available: ClassVar[int] = 60_000
    test_count: ClassVar[int] = 10_000
