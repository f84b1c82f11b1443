"""Who may race against whom, and what is said of their figures."""

from __future__ import annotations

import pytest

from playground.engine.race.entries import EntryError, cautions, entries, others_settings
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.recipe import Recipe

FIRST = Experiment(name="First", data=MNIST(validation_share=0.1), seed=4)


def test_equal_names_are_numbered_and_all_have_the_seed_of_the_first() -> None:
    racing = entries((FIRST, FIRST.with_(seed=9), FIRST.with_(name="First 2")))
    assert [entry.name for entry in racing] == ["First", "First 2", "First 2 2"]
    assert {entry.seed for entry in racing} == {4}
    assert {entry.seed for entry in entries((FIRST, FIRST), 7)} == {7}


@pytest.mark.parametrize("count", [0, 1, 7])
def test_there_are_two_to_six(count: int) -> None:
    with pytest.raises(EntryError, match=f"2 to 6 experiments, but there are {count}"):
        entries((FIRST,) * count)


def test_other_data_are_refused_with_what_differs() -> None:
    other = FIRST.with_(name="Other", data=MNIST(validation_share=0.2))
    with pytest.raises(EntryError, match=r"“First” and “Other” differ in their data \(Validation: 10 %, 20 %\)"):
        entries((FIRST, other))
    assert [entry.data for entry in entries((FIRST, other), same_data=True)] == [FIRST.data] * 2
    spiral = preset("spiral").experiment
    with pytest.raises(EntryError, match="“First” learns from MNIST and “Spiral” from 2-D classification"):
        entries((FIRST, FIRST, spiral), same_data=True)


def test_what_differs_otherwise_is_told() -> None:
    racing = entries((FIRST, FIRST.with_(recipe=Recipe(optimizer=SGD(), batch_size=64))))
    assert [[item.path for item in found] for found in others_settings(racing)] == [
        [],
        ["recipe.optimizer", "recipe.batch_size"],
    ]
    assert "batches of other sizes" in str(cautions(racing)[0])


def test_figures_that_do_not_compare_are_told() -> None:
    assert cautions(entries((FIRST, FIRST))) == ()
    others = FIRST.with_(recipe=Recipe(loss=MSE(), device="cpu"))
    first, second = cautions(entries((FIRST, others)))
    assert "losses differ" in str(first)
    assert "different devices" in str(second)
