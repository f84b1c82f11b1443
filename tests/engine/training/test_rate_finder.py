"""The search for a learning rate: a range test on a copy that leaves a run alone."""

from __future__ import annotations

from collections.abc import Generator
from math import inf
from typing import Any

import numpy as np
import pytest
import torch

from playground.engine.build import build
from playground.engine.data.in_memory import load
from playground.engine.training.rate_finder import find_rate
from playground.engine.training.rate_test import STEPS, Losses, Race, RateTest, Searching, Trial, rates_to_test
from playground.engine.training.snapshots import Epoch
from playground.engine.training.trainer import Trainer
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.files.presets import presets
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.regularization import Dropout
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.augmentations import Shift
from playground.spec.recipe.optimizers import SGD, Adam, Optimizer
from playground.spec.recipe.recipe import EMA, Recipe
from tests.engine.training.experiments import changed

EXPERIMENT = Experiment(
    data=MNIST(train_limit=1000),
    stack=Stack(layers=(Flatten(), Linear(out_features=10))),
    recipe=Recipe(batch_size=50, epochs=2),
)
RICH = changed(EXPERIMENT, augmentations=(Shift(),), averaging=EMA()).with_(
    stack=Stack(layers=(Flatten(), Dropout(p=0.2), Linear(out_features=10)))
)


def found(search: Generator[Searching, None, RateTest]) -> RateTest:
    while True:
        try:
            next(search)
        except StopIteration as end:
            result: RateTest = end.value
            return result


def losses_of(run: Trainer) -> list[float]:
    return [item.train_loss for item in run if isinstance(item, Epoch)]


def test_it_suggests_a_rate_within_its_range() -> None:
    test = found(find_rate(EXPERIMENT, load(EXPERIMENT.data)))
    assert test.reason is None
    assert test.suggestion is not None
    low, high, rate = test.suggestion
    assert low <= rate < high
    assert 1e-3 < rate < 0.1
    assert list(test.rates) == rates_to_test(EXPERIMENT.recipe.optimizer)[: len(test.rates)]


def test_its_losses_are_those_of_a_plain_loop_of_torch() -> None:
    experiment = changed(EXPERIMENT, optimizer=SGD(momentum=0.9))
    data = load(experiment.data)
    test = found(find_rate(experiment, data))
    network = build(experiment)
    optimizer = torch.optim.SGD(network.parameters(), lr=1.0, momentum=0.9)
    shuffling = torch.Generator().manual_seed(int(np.random.SeedSequence(experiment.seed).generate_state(3)[0]))
    losses: list[float] = []
    while len(losses) < len(test.rates):
        for chosen in data.train.order(shuffling).split(50):
            optimizer.param_groups[0]["lr"] = 0.1 * 10 ** (6 * len(losses) / (STEPS - 1) - 3)
            inputs, targets = data.train.batch(chosen)
            loss = torch.nn.functional.cross_entropy(network(inputs), targets)
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    assert losses[:100] == pytest.approx(test.losses[:100], rel=1e-4)


def test_nothing_of_a_run_changes() -> None:
    data = load(RICH.data)
    undisturbed = losses_of(Trainer(RICH, data))
    run = Trainer(RICH, data)
    for _ in range(7):
        next(run)
    before = run.state()
    torch.manual_seed(5)
    stream = torch.get_rng_state()
    search = find_rate(RICH, data, run.network)
    for _ in range(30):
        next(search)
    assert torch.equal(torch.get_rng_state(), stream)
    after = run.state()
    assert before.tensors.keys() == after.tensors.keys()
    assert all(torch.equal(tensor, after.tensors[name]) for name, tensor in before.tensors.items())
    next(run)  # in the middle of the search
    found(search)
    assert losses_of(run) == undisturbed


def test_a_given_network_is_copied() -> None:
    network = build(EXPERIMENT)
    trained = Trainer(changed(EXPERIMENT, epochs=20), load(EXPERIMENT.data), network=network)
    for _ in trained:
        pass
    first = found(find_rate(EXPERIMENT, load(EXPERIMENT.data), network)).losses[0]
    assert first < 0.5 * found(find_rate(EXPERIMENT, load(EXPERIMENT.data))).losses[0]


@pytest.mark.parametrize("optimizer", Optimizer.members(), ids=lambda member: member.id)
def test_each_optimizer_is_searched_around_its_default(optimizer: type[Optimizer]) -> None:
    test = found(find_rate(changed(EXPERIMENT, optimizer=optimizer()), load(EXPERIMENT.data)))
    assert test.rates[0] == pytest.approx(optimizer().lr / 1000)
    assert test.suggestion is not None
    assert 0.02 < test.suggestion.rate / optimizer().lr < 501.0


def test_the_same_experiment_gives_the_same_bits() -> None:
    data = load(RICH.data)
    assert found(find_rate(RICH, data)) == found(find_rate(RICH, data))


def test_a_network_that_gives_no_numbers_gets_a_reason() -> None:
    network = build(EXPERIMENT)
    with torch.no_grad():
        next(network.parameters()).fill_(inf)
    test = found(find_rate(EXPERIMENT, load(EXPERIMENT.data), network))
    assert test.suggestion is None
    assert test.losses == ()
    assert "not a finite number" in str(test.reason)


def test_it_survives_a_loss_that_overflows() -> None:
    experiment = changed(EXPERIMENT, optimizer=SGD(momentum=0.99)).with_(
        stack=Stack(layers=(Flatten(), Linear(out_features=20), Linear(out_features=20), Linear(out_features=10)))
    )
    test = found(find_rate(experiment, load(experiment.data)))
    assert len(test.rates) < STEPS
    assert test.suggestion is not None


def test_where_200_steps_teach_nothing_a_race_begins_with_the_default() -> None:
    (spiral,) = (entry.experiment for entry in presets() if entry.id == "spiral")
    experiment = changed(spiral, epochs=30)
    test = found(find_rate(experiment, load(experiment.data)))
    assert test.race is not None
    assert test.suggestion is not None
    assert test.suggestion.rate == test.race.best.rate > Adam().lr


def test_a_race_decides_unless_it_learned_less_than_the_range_test() -> None:
    falls = losses(*([2.0] * 100), *([0.5] * 60)).test()
    high = falls.suggestion.high
    assert falls.raced(Race(50, True, (Trial(0.1, 0.4), Trial(0.2, 0.3)))).suggestion == (
        falls.suggestion.low,
        high,
        0.2,
    )
    assert falls.raced(Race(50, True, (Trial(0.1, inf), Trial(0.2, inf)))) == falls
    flat = losses(*([2.0, 2.1] * 50)).test()
    assert flat.raced(Race(50, True, (Trial(0.1, 1.9),))) == flat
    assert flat.raced(Race(50, True, (Trial(0.1, 1.5),))).suggestion == (0.1, 0.1, 0.1)


def losses(*values: float) -> Any:
    made = Losses()
    for rate, loss in zip(rates_to_test(SGD()), values, strict=False):
        made.add(rate, loss)
    return made


def test_without_a_clear_fall_nothing_is_suggested() -> None:
    flat = losses(*([2.0, 2.1] * 50)).test()
    assert flat.suggestion is None
    assert "hardly fell" in str(flat.reason)
    assert losses(*([2.0] * 100), *([0.5] * 60)).test().suggestion is not None


def test_it_is_over_when_the_loss_is_several_times_its_best() -> None:
    assert not losses(*([2.0] * 100), *([3.0] * 60)).exploded
    assert losses(*([2.0] * 100), *([40.0] * 10)).exploded
    assert losses(*([-2.0] * 100), *([40.0] * 10)).exploded
