"""Looks for a learning rate: a short range test, then a race of the rates near its result."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from copy import deepcopy
from math import isfinite

from torch import Tensor, nn

from playground.engine.data.in_memory import Data, Subset
from playground.engine.runtime.device import choose, prepare_thread
from playground.engine.runtime.out_of_memory import TRAINING, shortage_explained
from playground.engine.runtime.random_streams import own_chance
from playground.engine.training.batches import Batches
from playground.engine.training.rate_race import race
from playground.engine.training.rate_test import STEPS, Losses, RateTest, Searching, rates_to_test
from playground.engine.training.stateful_parts import Parts
from playground.spec.experiment import Experiment

_STABLE = 0.5  # share of the rate with the lowest loss that is tried at most: above, the loss of a run is chance


def find_rate(
    experiment: Experiment, data: Data, network: nn.Sequential | None = None
) -> Generator[Searching, None, RateTest]:
    """Search for a learning rate that suits an experiment; yield after each step.

    A range test of 200 steps comes first. The rate that it points at is not yet the best one: that depends on the
    length of the run too. So a race follows where it takes no more than seconds, see `race`; it begins with that rate,
    or with the default of the optimizer where the test points at none.

    Copies of `network` are trained, or new ones where there is none, with optimizers, random streams and an order of
    the data of their own: no bit of a run changes.

    Raises:
        BuildError: the network cannot be built, or has nothing to learn.
        DeviceError: the device asked for is not there.
        OutOfMemory: there is not enough memory for it.
    """
    test = yield from _range_test(experiment, data, network)
    if test.start is None:
        return test
    if test.suggestion:
        found = yield from race(experiment, data, network, test.suggestion.rate, _STABLE * test.suggestion.high)
    else:
        found = yield from race(experiment, data, network, type(experiment.recipe.optimizer)().lr)
    return test.raced(found) if found else test


def _range_test(
    experiment: Experiment, data: Data, network: nn.Sequential | None
) -> Generator[Searching, None, RateTest]:
    """Train with a rate that rises, and all of the recipe but its schedule, until the loss explodes or is no number."""
    device = choose(experiment)
    with shortage_explained(TRAINING):
        parts = Parts(experiment, device, deepcopy(network), replay=False)
        batches = _endless(parts.batches, data.train.to(device))
    found = Losses()
    for number, rate in enumerate(rates_to_test(experiment.recipe.optimizer), 1):
        prepare_thread(parts.pace.threads)
        with shortage_explained(TRAINING), own_chance(device, number):
            step = parts.learn(*next(batches), rate, number, 0.0)
        loss = step.loss + sum(step.terms)
        if not isfinite(loss):
            break
        found.add(rate, loss)
        yield Searching(number, STEPS)
        if found.exploded:
            break
    return found.test()


def _endless(batches: Batches, part: Subset) -> Iterator[tuple[Tensor, Tensor]]:
    """The batches of one epoch after another."""
    while True:
        yield from batches.epoch(part)
