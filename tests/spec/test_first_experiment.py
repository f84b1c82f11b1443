"""A first experiment can be trained, whatever the data."""

from __future__ import annotations

import pytest

import playground.spec.datasets  # noqa: F401  every data set registers itself
from playground.spec.check.problems import check
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.points import Heights, Points
from playground.spec.datasets.table import Table
from playground.spec.first_experiment import first_experiment
from playground.spec.recipe.losses import MSE, CrossEntropy


@pytest.mark.parametrize("kind", Dataset.members(), ids=lambda kind: kind.id)
def test_nothing_keeps_it_from_being_trained(kind: type[Dataset]) -> None:
    data = kind()
    experiment = first_experiment(data)
    if data.known:
        assert check(experiment) == ()
    else:
        assert {problem.part for problem in check(experiment)} <= {"data"}


def test_the_loss_follows_the_target() -> None:
    assert isinstance(first_experiment(Table()).recipe.loss, CrossEntropy)
    assert isinstance(first_experiment(Table(target="petal width")).recipe.loss, MSE)
    assert isinstance(first_experiment(Heights()).recipe.loss, MSE)


def test_a_tenth_is_held_out_unless_that_is_set_or_too_little() -> None:
    assert first_experiment(Table()).data.validation_count == 12
    assert first_experiment(Table(validation_share=0.2)).data.validation_count == 24
    assert first_experiment(Points(count=20, validation_share=0.0)).data.validation_count == 0


def test_large_data_get_fewer_epochs() -> None:
    few, many = first_experiment(MNIST(train_limit=1000)), first_experiment(MNIST(train_limit=60_000))
    assert few.recipe.epochs == 94  # 1,000 images are 32 batches: about 3,000 steps
    assert many.recipe.epochs == 5
