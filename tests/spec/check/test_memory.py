"""The memory that training takes is added up as it is declared; `tests/engine/runtime/test_memory.py` measures it."""

from __future__ import annotations

import pytest

from playground.spec.check.memory import copies_of_weights, is_light, training_bytes
from playground.spec.check.shapes import Totals, totals, walk
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.optimizers import SGD, Adam
from playground.spec.recipe.recipe import EMA, EarlyStopping, Recipe


@pytest.mark.parametrize(
    ("recipe", "copies"),
    [
        (Recipe(optimizer=SGD()), 6),  # five whatever the optimizer, and the momentum
        (Recipe(optimizer=Adam()), 7),
        (Recipe(optimizer=Adam(), averaging=EMA()), 8),
        (Recipe(optimizer=Adam(), stopping=EarlyStopping(restore_best=True)), 8),
        (Recipe(optimizer=Adam(), stopping=EarlyStopping(restore_best=False)), 7),
        (Recipe(optimizer=Adam(), averaging=EMA(), stopping=EarlyStopping(restore_best=True)), 9),
    ],
)
def test_copies_of_each_weight(recipe: Recipe, copies: int) -> None:
    assert copies_of_weights(Experiment(recipe=recipe)) == copies


@pytest.mark.parametrize(
    ("flops", "activations", "weights", "batch", "light"),
    [
        (500_000_000, 0, 0, 4, True),
        (500_000_000, 0, 0, 5, False),
        (0, 100_000_000, 0, 3, True),  # 6 FLOPs a byte
        (0, 100_000_000, 0, 4, False),
        (0, 0, 50_000_000, 1000, True),  # 40 FLOPs a byte, whatever the batch
        (0, 0, 50_000_001, 1, False),
    ],
)
def test_a_step_is_light_up_to_two_billion_operations(
    flops: int, activations: int, weights: int, batch: int, light: bool
) -> None:
    sums = Totals(1, weights // 4, weights // 4, flops, weights, activations, 0, complete=True)
    assert is_light(sums, batch) is light


def dense(batch: int, limit: int = 60_000) -> Experiment:
    layers = (Flatten(), Linear(out_features=10))
    recipe = Recipe(optimizer=Adam(), batch_size=batch)
    return Experiment(data=MNIST(train_limit=limit), stack=Stack(layers=layers), recipe=recipe)


def said(experiment: Experiment) -> int:
    return training_bytes(experiment, walk(experiment.stack, experiment.data.sample_shape))


def test_weights_and_a_batch_are_added_and_doubled_where_the_step_is_recorded() -> None:
    experiment = dense(32)
    sums = totals(walk(experiment.stack, experiment.data.sample_shape))
    weights = 7 * 4 * (784 * 10 + 10)
    batch = 32 * 1.6 * (sums.activation_bytes + sums.kept_bytes + 4 * 784 + 4 * 10)
    assert said(experiment) == int(2 * (weights + batch))


def test_no_batch_is_larger_than_the_training_set() -> None:
    assert said(dense(1000, limit=100)) == said(dense(100, limit=100)) < said(dense(1000))
