"""The curve of a score along a corruption, against accuracy and IoU in plain torch."""

from __future__ import annotations

from math import isnan

import pytest
import torch

from playground.engine.build import build
from playground.engine.data.augment.corruptions import corrupted
from playground.engine.data.in_memory import InputTargetPairs
from playground.engine.probes.robustness import RobustnessCurve, coarse_first, robustness_curve
from playground.spec.corruptions import CORRUPTIONS
from playground.spec.datasets.clutter import ClutteredMNIST
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.reconstruction import ReconstructedMNIST
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.recipe import Recipe

NAMED = {item.id: item for item in CORRUPTIONS}
DIGITS = Experiment(
    name="", data=MNIST(), stack=Stack(layers=(Flatten(), Linear(out_features=10))), recipe=Recipe(device="cpu")
)
PICTURES = DIGITS.with_(
    data=ReconstructedMNIST(),
    stack=Stack(layers=(Conv2d(out_channels=1, kernel_size=3, padding=1),)),
    recipe=Recipe(device="cpu", loss=MSE()),
)
FIELDS = DIGITS.with_(data=ClutteredMNIST(), stack=Stack(layers=(Conv2d(out_channels=2, kernel_size=3, padding=1),)))


def curves(experiment: Experiment, samples: InputTargetPairs, name: str) -> list[RobustnessCurve]:
    network = build(experiment)
    found = robustness_curve(network, experiment, samples, NAMED[name], 32)
    return [curve for curve in found if curve is not None]


@pytest.mark.parametrize("name", ["rotation", "noise", "contrast"])
def test_each_score_is_the_accuracy_on_the_spoiled_samples(name: str) -> None:
    inputs = torch.rand(100, 1, 28, 28, generator=torch.Generator().manual_seed(3))
    network = build(DIGITS)
    targets = network(inputs).argmax(1)
    found = curves(DIGITS, InputTargetPairs(inputs, targets), name)
    assert [len(curve.values) for curve in found] == list(range(1, 14 if name != "contrast" else 18))
    assert [curve.complete for curve in found] == [False] * (len(found) - 1) + [True]
    assert found[0].values.tolist() == [NAMED[name].neutral]
    assert found[0].scores.tolist() == [1.0]
    whole = found[-1]
    assert whole.values.tolist() == list(NAMED[name].values(28))
    assert whole.samples == 100
    for value, score, error in zip(whole.values, whole.scores, whole.errors, strict=True):
        with torch.no_grad():
            right = network(corrupted(inputs, NAMED[name], value, range(100))).argmax(1) == targets
        assert score == pytest.approx(right.float().mean().item())
        assert error == pytest.approx(right.float().std(correction=0).item() / 10, abs=1e-6)
    assert whole.scores.min() < 0.9


def test_the_masks_of_a_segmentation_turn_with_their_pictures() -> None:
    inputs = torch.rand(8, 1, 56, 56, generator=torch.Generator().manual_seed(3))
    network = build(FIELDS)
    targets = network(inputs).argmax(1)
    whole = curves(FIELDS, InputTargetPairs(inputs, targets), "rotation")[-1]
    with torch.no_grad():
        predicted = network(inputs.rot90(-1, (2, 3))).argmax(1) > 0
    true = targets.rot90(-1, (1, 2)) > 0
    expected = (predicted & true).sum().item() / (predicted | true).sum().item()
    assert whole.scores[-1] == pytest.approx(expected, abs=1e-3)
    assert all(isnan(error) for error in whole.errors)


def test_a_reconstruction_is_compared_with_the_picture_as_it_was_moved_but_not_spoiled() -> None:
    inputs = torch.rand(8, 1, 28, 28, generator=torch.Generator().manual_seed(3))
    samples = InputTargetPairs(inputs, inputs)
    network = build(PICTURES)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
        network[0].weight[0, 0, 1, 1] = 1.0  # what it reads comes out of it
    found = robustness_curve(network, PICTURES, samples, NAMED["rotation"], 32)
    whole = [curve for curve in found if curve is not None][-1]
    assert whole.scores.tolist() == pytest.approx([1.0] * len(whole.values))
    noise = NAMED["noise"]
    found = robustness_curve(network, PICTURES, samples, noise, 32)
    whole = [curve for curve in found if curve is not None][-1]
    for value, score in zip(whole.values, whole.scores, strict=True):
        wrong = (corrupted(inputs, noise, value, range(8)) - inputs).square().sum()
        assert score == pytest.approx(1 - (wrong / (inputs - inputs.mean()).square().sum()).item(), abs=1e-4)
    assert whole.scores.min() < 0


def test_a_curve_is_refined_from_coarse_to_fine() -> None:
    assert coarse_first(9, 4) == [4, 0, 8, 2, 6, 1, 3, 5, 7]
    assert coarse_first(5, 0) == [0, 4, 2, 1, 3]
    assert sorted(coarse_first(13, 0)) == list(range(13))
