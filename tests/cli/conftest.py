"""Small experiments that train in a moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import write_experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.recipe import Recipe


@pytest.fixture
def small() -> Experiment:
    """One layer, 640 images, two epochs; a twelfth of the data held out."""
    return Experiment(
        name="Small",
        data=MNIST(train_limit=640, validation_share=1 / 12),
        stack=Stack(layers=(Flatten(), Linear(out_features=10))),
        recipe=Recipe(epochs=2, device="cpu"),
    )


@pytest.fixture
def small_file(small: Experiment, tmp_path: Path) -> str:
    """The same, in a file."""
    path = tmp_path / "small.playground"
    write_experiment(small, path)
    return str(path)
