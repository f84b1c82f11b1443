"""The batches of an epoch: shuffled anew, several fetched at once, and changed at random where that is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import torch
from torch import Tensor

from playground.engine.data.augment import augmenter
from playground.engine.data.in_memory import Subset
from playground.spec.experiment import Experiment

_FETCHED = 250_000  # numbers that are fetched at once, in as many batches: they stay in the cache until they are used


class Batches:
    """Draws batches with two streams of random numbers of its own, for the order and for augmentations."""

    def __init__(self, experiment: Experiment, device: torch.device, shuffling: int, augmenting: int) -> None:
        """`shuffling` and `augmenting` seed the streams; batches lie on the device."""
        recipe = experiment.recipe
        self._device, self._size = device, recipe.batch_size
        self._shuffling = torch.Generator().manual_seed(shuffling)
        self._augmenting = torch.Generator(device).manual_seed(augmenting)
        augmentations, classes = recipe.augmentations, experiment.data.task.classes
        self._augment = augmenter(augmentations, classes) if augmentations else None
        # One fetch for each batch costs as much as a third of a small step.
        self._at_once = max(1, _FETCHED // (self._size * prod(experiment.data.sample_shape)))

    def epoch(self, part: Subset) -> Iterator[tuple[Tensor, Tensor]]:
        """Inputs and targets of all batches of an epoch over samples that lie on the device."""
        for chosen in torch.split(part.order(self._shuffling).to(self._device), self._size * self._at_once):
            inputs, targets = part.batch(chosen)
            yield from zip(torch.split(inputs, self._size), torch.split(targets, self._size), strict=True)

    def augmented(self, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """A batch as it is learned from."""
        return self._augment(inputs, targets, self._augmenting) if self._augment else (inputs, targets)
