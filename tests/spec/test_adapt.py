"""Whatever data a network is brought to, there is one step after which it can be trained on them."""

from __future__ import annotations

import pytest

from playground.spec.adapt import adaptation
from playground.spec.dataset import Dataset
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.points import Heights
from playground.spec.datasets.reconstruction import ReconstructedMNIST
from playground.spec.datasets.text import Shakespeare
from playground.spec.experiment import LONGEST_NAME, Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.layers.unflatten import Unflatten
from playground.spec.presets import Preset, preset, presets
from playground.spec.problems import check


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.id)
@pytest.mark.parametrize("data", Dataset.members(), ids=lambda member: member.id)
def test_every_network_can_be_brought_to_all_data(data: type[Dataset], preset: Preset) -> None:
    moved = preset.experiment.with_(data=data())
    still_to_be_chosen = tuple(data().objections())  # a folder of pictures: no network can mend that
    if len(check(moved)) > len(still_to_be_chosen):
        fix = adaptation(moved)
        assert fix is not None
        moved = fix.apply(moved)
    assert [problem.what for problem in check(moved)] == [item.what for item in still_to_be_chosen]
    assert moved.data == data()


def test_what_fits_is_left_alone() -> None:
    assert adaptation(Experiment(stack=Stack(layers=(Linear(out_features=10),)))) is not None
    for entry in presets():
        assert adaptation(entry.experiment) is None


def test_only_what_does_not_fit_is_changed() -> None:
    hidden = Linear(out_features=77)
    before = Experiment(data=MNIST(), stack=Stack(layers=(hidden, Linear(out_features=3))))
    fix = adaptation(before)
    assert fix is not None
    after = fix.apply(before)
    assert hidden in after.stack.layers
    assert after.recipe == before.recipe


def test_what_was_adapted_has_a_name_of_its_own_and_not_the_old_description() -> None:
    before = preset("first-network").experiment
    moved = before.with_(data=Heights())
    fix = adaptation(moved)
    assert fix is not None
    after = fix.apply(moved)
    assert (after.name, after.about) == ("First network on Heights over the plane", "")
    again = after.with_(data=Shakespeare())
    fix = adaptation(again)
    assert fix is not None
    assert fix.apply(again).name == "First network on Shakespeare"


def test_a_name_as_long_as_any_may_be_is_adapted() -> None:
    moved = preset("first-network").experiment.with_(data=Heights(), name="n" * LONGEST_NAME)
    fix = adaptation(moved)
    assert fix is not None
    name = fix.apply(moved).name
    assert len(name) == LONGEST_NAME
    assert name.endswith(" on Heights over the plane")


def test_what_is_flat_is_not_flattened_again() -> None:
    narrow = Experiment(data=ReconstructedMNIST(), stack=Stack(layers=(Flatten(), Linear(out_features=10))))
    fix = adaptation(narrow)
    assert fix is not None
    added = fix.apply(narrow).stack.layers[2:]
    assert added == (Linear(out_features=784), Unflatten(channels=1, height=28, width=28))
