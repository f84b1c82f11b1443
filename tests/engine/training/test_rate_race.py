"""The race of learning rates: runs like those of the experiment, as many as can be afforded."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

import pytest

from playground.engine.data.in_memory import InputTargetPairs, load
from playground.engine.training import rate_race
from playground.engine.training.rate_race import race
from playground.engine.training.rate_test import Race, Searching
from playground.engine.training.trainer import Trainer
from playground.spec.check.memory import step_work
from playground.spec.check.shapes import totals, walk
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.optimizers import Adam
from playground.spec.recipe.recipe import Recipe
from playground.spec.recipe.schedules import Cosine
from tests.engine.training.experiments import changed

EXPERIMENT = Experiment(
    data=MNIST(train_limit=400, validation_share=0.25),
    stack=Stack(layers=(Flatten(), Linear(out_features=10))),
    recipe=Recipe(batch_size=50, epochs=3, schedule=Cosine()),
)


def afford(monkeypatch: pytest.MonkeyPatch, steps: float) -> None:
    """Let a race have work for so many steps."""
    work = step_work(totals(walk(EXPERIMENT.stack, EXPERIMENT.data.sample_shape)), EXPERIMENT.recipe.batch_size)
    monkeypatch.setattr(rate_race, "_WORK", steps * (rate_race._OVERHEAD + work))


def result(running: Generator[Searching, None, Race | None], seen: list[Searching] | None = None) -> Race | None:
    while True:
        try:
            progress = next(running)
        except StopIteration as end:
            won: Race | None = end.value
            return won
        if seen is not None:
            seen.append(progress)


def test_its_runs_are_those_of_the_experiment() -> None:
    data = load(EXPERIMENT.data)
    seen: list[Searching] = []
    won = result(race(EXPERIMENT, data, None, 0.01), seen)
    assert won is not None
    assert won.whole
    steps = 3 * EXPERIMENT.recipe.steps_per_epoch(len(data.train))
    assert won.steps == steps
    assert seen[-1][:2] == (steps, steps)
    for rate, loss in won.trials:
        run = Trainer(changed(EXPERIMENT, optimizer=Adam(lr=rate)), data)
        for _ in run:
            pass
        assert loss == run.figures.validation_loss
    assert won.best.loss == min(trial.loss for trial in won.trials)


def test_it_walks_to_the_best_rate_and_tries_two_neighbours_of_it_on_either_side() -> None:
    won = result(race(EXPERIMENT, load(EXPERIMENT.data), None, 1e-4))
    assert won is not None
    assert won.best.rate > 2e-3
    rates = [trial.rate for trial in won.trials]
    assert rates == sorted(rates)
    assert rates.index(won.best.rate) == len(rates) - 3


def test_it_tries_no_rate_above_the_greatest() -> None:
    won = result(race(EXPERIMENT, load(EXPERIMENT.data), None, 1e-4, 5e-4))
    assert won is not None
    assert [trial.rate for trial in won.trials] == [1e-4, 2e-4, 4e-4]


def test_runs_that_cost_too_much_are_shortened_or_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    data = load(EXPERIMENT.data)
    data = replace(data, validation=data.test)  # more than it learns from
    longer = changed(EXPERIMENT, epochs=100)
    per_epoch = EXPERIMENT.recipe.steps_per_epoch(len(data.train))
    one_epoch = per_epoch + len(data.validation) / 50 / 3
    afford(monkeypatch, 3 * 60.5 * one_epoch)
    won = result(race(longer, data, None, 0.01))
    assert won is not None
    assert not won.whole
    assert won.steps == 60 * per_epoch
    assert len(won.trials) == 3
    afford(monkeypatch, 3 * 5 * one_epoch)
    assert result(race(longer, data, None, 0.01)) is None


def test_where_an_epoch_costs_too_much_a_part_of_it_is_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = changed(EXPERIMENT, epochs=1, batch_size=1)
    data = load(experiment.data)
    afford(monkeypatch, 300)
    monkeypatch.setattr(rate_race, "_SHORTEST", 3)
    won = result(race(experiment, data, None, 0.01))
    assert won is not None
    assert not won.whole
    assert 3 <= won.steps < len(data.train)
    assert len(won.trials) == 3


def test_a_part_of_an_epoch_is_judged_by_samples_of_all_classes_also_where_they_are_sorted() -> None:
    data = load(EXPERIMENT.data)
    inputs, targets = data.test.cut(0, 1000)
    order = targets.argsort(stable=True)
    data = replace(data, validation=InputTargetPairs(inputs[order], targets[order]))
    _, shorter = rate_race._shortened(changed(EXPERIMENT, epochs=1), data, 2.0)
    kept = shorter.validation.cut(0, 1000)[1]
    assert 100 < len(kept) < 500
    assert set(kept.tolist()) == set(range(10))
