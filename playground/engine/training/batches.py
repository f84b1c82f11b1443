"""The batches of an epoch: shuffled anew, several fetched at once, and augmented."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
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
        self.begin()
        augmentations, classes = recipe.augmentations, experiment.data.task.classes
        self._augment = augmenter(augmentations, classes) if augmentations else None
        # One fetch for each batch costs as much as a third of a small step.
        self._at_once = max(1, _FETCHED // (self._size * prod(experiment.data.sample_shape)))

    def begin(self) -> None:
        """Let the next epoch be the one that a continued run draws again; called between two epochs."""
        self._before_epoch = self._shuffling.get_state()

    def epoch(self, part: Subset, done: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
        """Inputs and targets of the batches of an epoch over samples that lie on the device, but for the first `done`.

        Batches are fetched in the same groups wherever it begins, so that they lie in memory as they did.
        """
        groups = torch.split(part.order(self._shuffling).to(self._device), self._size * self._at_once)
        begun, skipped = divmod(done, self._at_once)
        for chosen in groups[begun:]:
            inputs, targets = part.batch(chosen)
            batches = zip(torch.split(inputs, self._size), torch.split(targets, self._size), strict=True)
            yield from islice(batches, skipped, None)
            skipped = 0

    def random_states(self) -> dict[str, Tensor]:
        """The states of both streams in bytes; that of the order is from before the current epoch."""
        return {"shuffling": self._before_epoch, "augmenting": self._augmenting.get_state()}

    def resume(self, states: dict[str, Tensor]) -> None:
        """Restore what `random_states` returned."""
        self._shuffling.set_state(states["shuffling"])
        self._augmenting.set_state(states["augmenting"])
        self.begin()

    def set_augmenting(self, state: Tensor) -> None:
        """Let the stream of the augmentations go on from a state of it."""
        self._augmenting.set_state(state)

    def augmented(self, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """A batch after augmentation."""
        return self._augment(inputs, targets, self._augmenting) if self._augment else (inputs, targets)
