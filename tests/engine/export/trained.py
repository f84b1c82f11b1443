"""Small networks with random weights, as if they were trained."""

from __future__ import annotations

from playground.engine.build import build
from playground.engine.data.in_memory import load
from playground.engine.training.snapshots import Figures
from playground.engine.weights import Trained
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.recipe import Recipe

DIGITS = MNIST(train_limit=40)


def trained(data: Dataset, *layers: Layer, recipe: Recipe | None = None) -> Trained:
    experiment = Experiment(
        name="Small", data=data, stack=Stack(layers=layers), recipe=recipe or Recipe(epochs=1), seed=3
    )
    scaling = load(data).scaling if data.known else None
    return Trained(
        experiment, build(experiment), Figures(test_loss=0.5, test_score=0.25), {"torch": "2"}, scaling=scaling
    )


def of_digits() -> Trained:
    return trained(DIGITS, Flatten(), Linear(out_features=10))
