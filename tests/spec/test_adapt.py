"""Whatever data a network is brought to, there is one step after which it can be trained on them."""

from __future__ import annotations

import pytest

from playground.spec.adapt import adaptation
from playground.spec.bottleneck import bottleneck
from playground.spec.check.problems import check
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.points import Heights, Points
from playground.spec.datasets.reconstruction import ReconstructedMNIST
from playground.spec.datasets.text import Shakespeare, TangPoems
from playground.spec.experiment import LONGEST_NAME, Experiment
from playground.spec.files.presets import Preset, preset, presets
from playground.spec.layer import Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.layers.unflatten import Unflatten
from playground.spec.recipe.losses import MAE, MSE, BinaryCrossEntropy, CrossEntropy, DiceCrossEntropy, Huber, Loss


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.id)
@pytest.mark.parametrize("data", Dataset.members(), ids=lambda member: member.id)
def test_every_network_can_be_brought_to_all_data(data: type[Dataset], preset: Preset) -> None:
    moved = preset.experiment.with_(data=data())
    still_to_be_chosen = tuple(data().objections())  # a folder of pictures: no network can mend that
    if len(check(moved)) > len(still_to_be_chosen):
        fix = adaptation(moved, preset.experiment.data)
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
    assert (after.name, after.about) == ("First network on 2-D regression", "")
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
    assert name.endswith(" on 2-D regression")


HILLS, SEGMENTATION = preset("hills").experiment, preset("segmentation").experiment


@pytest.mark.parametrize(
    ("before", "loss", "data", "chosen"),
    [
        (HILLS, MSE(), MNIST(), CrossEntropy()),
        (HILLS, Huber(), Points(), CrossEntropy()),
        (preset("autoencoder").experiment, BinaryCrossEntropy(), MNIST(), CrossEntropy()),
        (preset("textbook").experiment, MSE(), Points(), MSE()),  # it was chosen for classes
        (SEGMENTATION, DiceCrossEntropy(), MNIST(), CrossEntropy()),
        (SEGMENTATION, DiceCrossEntropy(), TangPoems(), CrossEntropy()),
        (SEGMENTATION, CrossEntropy(label_smoothing=0.2), Points(), CrossEntropy(label_smoothing=0.2)),
        (preset("textbook").experiment, CrossEntropy(), ReconstructedMNIST(), MSE()),
        (HILLS, MAE(), ReconstructedMNIST(), MAE()),
        (preset("autoencoder").experiment, BinaryCrossEntropy(), Heights(), MSE()),
    ],
)
def test_the_loss_fits_the_task(before: Experiment, loss: Loss, data: Dataset, chosen: Loss) -> None:
    moved = before.with_(data=data, recipe=before.recipe.with_(loss=loss))
    fix = adaptation(moved, before.data)
    assert fix is not None
    assert fix.apply(moved).recipe.loss == chosen


@pytest.mark.parametrize("entry", presets(), ids=lambda entry: entry.id)
def test_a_network_that_repaints_has_a_bottleneck(entry: Preset) -> None:
    moved = entry.experiment.with_(data=ReconstructedMNIST())
    fix = adaptation(moved, entry.experiment.data)
    middle = bottleneck(fix.apply(moved) if fix else moved)
    assert middle is not None
    assert middle.width <= 128


def test_convolutions_are_kept_in_front_of_the_bottleneck() -> None:
    convolutions = (Conv2d(out_channels=8, padding=1, activation=ReLU()), Conv2d(out_channels=4, padding=1))
    moved = Experiment(data=ReconstructedMNIST(), stack=Stack(layers=convolutions))
    fix = adaptation(moved, SEGMENTATION.data)
    assert fix is not None
    layers = fix.apply(moved).stack.layers
    assert layers[:2] == convolutions
    assert [layer.id for layer in layers[2:]] == ["flatten", "linear", "linear", "linear", "unflatten"]


def test_a_new_network_that_repaints_begins_with_convolutions() -> None:
    moved = preset("shakespeare-lstm").experiment.with_(data=ReconstructedMNIST())
    fix = adaptation(moved)
    assert fix is not None
    assert [layer.id for layer in fix.apply(moved).stack.layers[:4]] == ["conv2d", "conv2d", "flatten", "linear"]


def test_what_is_flat_is_not_flattened_again() -> None:
    narrow = Experiment(data=ReconstructedMNIST(), stack=Stack(layers=(Flatten(), Linear(out_features=10))))
    fix = adaptation(narrow)
    assert fix is not None
    added = fix.apply(narrow).stack.layers[2:]
    assert added == (Linear(out_features=784), Unflatten(channels=1, height=28, width=28))
