"""A race of learning rates: a network is trained anew with several of them, and the least loss wins."""

from __future__ import annotations

from collections.abc import Generator
from copy import deepcopy
from dataclasses import replace
from math import inf

from torch import nn

from playground.engine.data.in_memory import Data, LimitedSubset
from playground.engine.data.spread_subset import some
from playground.engine.runtime.random_streams import own_chance
from playground.engine.training.rate_test import Race, Searching, Trial, rounded
from playground.engine.training.snapshots import Diverged
from playground.engine.training.trainer import Trainer
from playground.spec.check.memory import step_work
from playground.spec.check.shapes import totals, walk
from playground.spec.experiment import Experiment
from playground.spec.recipe.optimizers import GREATEST_RATE, LEAST_RATE

_WORK = 320_000_000_000  # of all runs together, as `step_work` counts it: about 8 s on one core
_OVERHEAD = 4_000_000  # of a step, whatever it computes: 0.1 ms
_FORWARD = 1 / 3  # work of a validation sample, in that of a training sample
_SHORTEST = 200  # steps of a run that stands for a longer one
_FEWEST = 3  # runs that there must be work for
_APART = 2.0  # ratio of neighbouring rates
_NEIGHBOURS = 2  # of the best rate, on either side, that are tried


def race(
    experiment: Experiment, data: Data, network: nn.Sequential | None, begin: float, most: float = GREATEST_RATE
) -> Generator[Searching, None, Race | None]:
    """Train with rates around `begin`, up to `most`; yield after each piece of work. None if that would take too long.

    A copy of `network` is trained in each run, or a new one where there is none. The runs are those of the experiment,
    with its schedule and epochs; shorter ones where only these can be afforded. From the best rate on, its neighbours
    are tried, until it has two worse ones on either side or no further run can be afforded. All that is decided from
    the declaration and the losses, not from the speed of the machine.

    All runs have the seed of the experiment. On the CPU a whole run with the best rate is, bit for bit, the one that
    training with it will be. The loss of a small run is mostly chance: with another seed another rate may be better.
    """
    affordable = _affordable_steps(experiment)
    shortened, part = _shortened(experiment, data, affordable / _FEWEST)
    steps = _steps(shortened, part)
    if steps < min(_SHORTEST, _steps(experiment, data)):
        return None
    runs = max(_FEWEST, int(affordable / _cost(shortened, part)))
    found: dict[int, float] = {}  # the loss with each rate, by its distance from `begin`
    while runs and (distance := _untried(found, begin, most)) is not None:
        found[distance] = yield from _run(shortened, part, network, _rate(begin, distance))
        runs -= 1
    trials = tuple(Trial(_rate(begin, distance), found[distance]) for distance in sorted(found))
    return Race(steps, steps == _steps(experiment, data), trials)


def _rate(begin: float, distance: int) -> float:
    return rounded(begin * _APART**distance)


def _untried(found: dict[int, float], begin: float, most: float) -> int | None:
    """The distance of the next rate to try."""
    best = min(found, key=found.__getitem__) if found else 0
    near = [best, *(best + sign * away for away in range(1, _NEIGHBOURS + 1) for sign in (1, -1))]
    new = (distance for distance in near if distance not in found)
    return next((distance for distance in new if LEAST_RATE <= _rate(begin, distance) <= most), None)


def _run(
    experiment: Experiment, data: Data, network: nn.Sequential | None, rate: float
) -> Generator[Searching, None, float]:
    """Train with a rate; the last loss, infinite where the run diverges."""
    recipe = experiment.recipe
    experiment = experiment.with_(recipe=recipe.with_(optimizer=recipe.optimizer.with_(lr=rate)))
    run = Trainer(experiment, data, network=deepcopy(network))
    total = _steps(experiment, data)
    while run.finished is None:
        with own_chance(run.device, run.step):
            next(run)
        yield Searching(run.step, total, rate)
    figures = run.figures
    loss = figures.train_loss if figures.validation_loss is None else figures.validation_loss
    return inf if loss is None or isinstance(run.finished, Diverged) else loss


def _affordable_steps(experiment: Experiment) -> float:
    """The number of steps that all runs together may take."""
    sums = totals(walk(experiment.stack, experiment.data.sample_shape))
    return _WORK / (_OVERHEAD + step_work(sums, experiment.recipe.batch_size))


def _steps(experiment: Experiment, data: Data) -> int:
    """The number of steps of a run."""
    return experiment.recipe.epochs * experiment.recipe.steps_per_epoch(len(data.train))


def _cost(experiment: Experiment, data: Data) -> float:
    """The cost of a run, as a number of steps."""
    recipe = experiment.recipe
    validation = _FORWARD * len(data.validation) / recipe.batch_size
    return recipe.epochs * (recipe.steps_per_epoch(len(data.train)) + validation)


def _shortened(experiment: Experiment, data: Data, affordable: float) -> tuple[Experiment, Data]:
    """The experiment with fewer epochs, or part of an epoch, where more costs too much; the data without a test."""
    recipe = experiment.recipe
    data = replace(data, test=LimitedSubset(data.test, 0))
    afforded = affordable * recipe.epochs / _cost(experiment, data)  # epochs
    epochs = min(recipe.epochs, int(afforded))
    if epochs < 1:
        train = LimitedSubset(data.train, int(afforded * len(data.train)))
        validation = some(data.validation, experiment.data, max(1, int(afforded * len(data.validation))))
        data = replace(data, train=train, validation=validation)
    return experiment.with_(recipe=recipe.with_(epochs=max(1, epochs))), data
