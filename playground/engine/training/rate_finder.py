"""Looks for a learning rate: trains a copy of a network for some steps with a rate that rises, and reads its loss."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from copy import deepcopy
from math import isfinite

import torch
from torch import Tensor, nn

from playground.engine.data.in_memory import Data, Subset
from playground.engine.runtime.device import choose, prepare_thread
from playground.engine.runtime.out_of_memory import TRAINING, shortage_explained
from playground.engine.training.batches import Batches
from playground.engine.training.parts import Parts
from playground.engine.training.rate_test import Losses, RateTest, rates_to_test
from playground.spec.experiment import Experiment


def find_rate(
    experiment: Experiment, data: Data, network: nn.Sequential | None = None
) -> Generator[int, None, RateTest]:
    """Test the learning rates that could suit an experiment; yield the number of steps made after each.

    A copy of `network` is trained, or a new one where there is none, with an optimizer, random streams and an order of
    the data of its own: no bit of a run changes. All of the recipe applies but its schedule. The test is over when the
    loss explodes or is no finite number.

    Raises:
        BuildError: the network cannot be built, or has nothing to learn.
        DeviceError: the device asked for is not there.
        OutOfMemory: there is not enough memory for it.
    """
    device = choose(experiment)
    with shortage_explained(TRAINING):
        parts = Parts(experiment, device, deepcopy(network), replay=False)
        batches = _endless(parts.batches, data.train.to(device))
    found = Losses()
    for number, rate in enumerate(rates_to_test(experiment.recipe.optimizer), 1):
        prepare_thread(parts.pace.threads)
        with shortage_explained(TRAINING), _own_chance(device, number):
            step = parts.learn(*next(batches), rate, number, 0.0)
        loss = step.loss + sum(step.terms)
        if not isfinite(loss):
            break
        found.add(rate, loss)
        yield number
        if found.exploded:
            break
    return found.test()


def _endless(batches: Batches, part: Subset) -> Iterator[tuple[Tensor, Tensor]]:
    """The batches of one epoch after another."""
    while True:
        yield from batches.epoch(part)


@contextmanager
def _own_chance(device: torch.device, seed: int) -> Iterator[None]:
    """Let layers on a CUDA device, which draw from its generator as it is, leave that as it was.

    On the CPU they have a stream of their own, see `TrainStep`.
    """
    if device.type != "cuda":
        yield
        return
    with torch.random.fork_rng([device]):
        torch.cuda.manual_seed(seed)
        yield
