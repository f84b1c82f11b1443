"""Layers of lower rank: exact at full rank, and as near as a matrix of their rank can be below it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.engine.build import build
from playground.engine.data.in_memory import Data, load
from playground.engine.evaluation.evaluate import evaluating
from playground.engine.pruning.groups import PruningError, sizes
from playground.engine.pruning.importance import Criterion
from playground.engine.pruning.low_rank import low_rank, rank_curves, ranks, spectra
from playground.engine.pruning.measures import evaluated
from playground.engine.pruning.prune import By, Plan, Pruned, prune
from playground.spec.check.problems import check
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.containers import Residual
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.prelu import PReLU
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.recipe import Recipe

DATA = MNIST(train_limit=300, validation_share=0.1)
STACK = (
    Conv2d(out_channels=8, stride=2, padding=1, bias=False),
    BatchNorm(),
    ReLU(),
    Conv2d(out_channels=12, kernel_size=5, stride=2, dilation=2, activation=ReLU()),
    Flatten(),
    Linear(out_features=24, activation=ReLU()),
    Linear(out_features=10),
)


def of(*layers: Layer) -> Experiment:
    return Experiment(name="Small", data=DATA, stack=Stack(layers=layers), recipe=Recipe(device="cpu", epochs=1))


@pytest.fixture(scope="module")
def data() -> Data:
    return load(DATA)


def outputs(network: torch.nn.Sequential, inputs: torch.Tensor) -> torch.Tensor:
    with evaluating(network):
        found: torch.Tensor = network(inputs)
    return found


def test_full_rank_changes_nothing(data: Data) -> None:
    experiment = of(*STACK)
    network, inputs = build(experiment), data.test.cut(0, 20)[0]
    found, kept = spectra(experiment, network)
    assert [item.path for item in found] == [(0,), (3,), (5,), (6,)]
    assert not kept
    made = low_rank(experiment, network, found, {item.path: len(item.values) for item in found})
    assert len(made.experiment.stack.layers) == len(STACK) + 4
    assert not check(made.experiment)
    torch.testing.assert_close(outputs(made.network, inputs), outputs(network, inputs), rtol=1e-4, atol=1e-5)


def test_the_error_is_that_of_the_singular_values_left_out(data: Data) -> None:
    experiment = of(*STACK)
    network = build(experiment)
    (_, item, *_), _ = spectra(experiment, network)
    whole = network.state_dict()["3.weight"].double().numpy().reshape(12, -1)
    values = np.linalg.svd(whole, compute_uv=False)
    for rank in (1, 3, 7):
        made = low_rank(experiment, network, (item,), {item.path: rank})
        first, second = (made.network.state_dict()[f"{place}.weight"].double().numpy() for place in (3, 4))
        assert (first.shape, second.shape) == ((rank, 8, 5, 5), (12, rank, 1, 1))
        lost = np.linalg.norm(whole - second.reshape(12, rank) @ first.reshape(rank, -1))
        assert lost == pytest.approx(np.sqrt((values[rank:] ** 2).sum()), rel=1e-5)  # Eckart and Young, 1936
        assert item.error(rank) == pytest.approx(lost / np.linalg.norm(whole), rel=1e-5)


def test_the_first_convolution_has_the_window_and_the_second_one_adds_up() -> None:
    experiment = of(*STACK)
    network = build(experiment)
    found, _ = spectra(experiment, network)
    layers = low_rank(experiment, network, found, {(3,): 2, (5,): 4}).experiment.stack.layers
    assert layers[3:5] == (
        Conv2d(out_channels=2, kernel_size=5, stride=2, dilation=2, bias=False),
        Conv2d(out_channels=12, kernel_size=1, activation=ReLU()),
    )
    assert layers[6:8] == (Linear(out_features=4, bias=False), Linear(out_features=24, activation=ReLU()))


def test_activations_with_weights_keep_them(data: Data) -> None:
    experiment = of(Flatten(), Linear(out_features=20), PReLU(init=0.4), Linear(out_features=10))
    network, inputs = build(experiment), data.test.cut(0, 5)[0]
    found, _ = spectra(experiment, network)
    made = low_rank(experiment, network, found, {(1,): 20, (3,): 10})
    torch.testing.assert_close(outputs(made.network, inputs), outputs(network, inputs), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("everywhere", [True, False])
@pytest.mark.parametrize("keep", [0.8, 0.4, 0.2])
def test_at_most_the_share_of_the_flops_is_left(keep: float, everywhere: bool, data: Data) -> None:
    experiment = of(*STACK)
    network = build(experiment)
    plan = Plan(By.RANK, Criterion.MAGNITUDE, keep, 0, everywhere)
    (made,) = prune(experiment, network, data, plan)
    assert isinstance(made, Pruned)
    assert keep - 0.1 < sizes(made.experiment).flops / sizes(experiment).flops <= keep
    assert outputs(made.network, data.test.cut(0, 3)[0]).isfinite().all()


def test_what_is_lost_least_for_its_cost_goes_first() -> None:
    experiment = of(Flatten(), Linear(out_features=40), Linear(out_features=40), Linear(out_features=10))
    network = build(experiment)
    with torch.no_grad():  # the second one is nearly of rank 3, and the first one has no small singular value
        network[1].weight.copy_(torch.linalg.qr(torch.randn(784, 40))[0].T)
        network[2].weight.copy_(torch.randn(40, 3) @ torch.randn(3, 40) + 1e-4 * torch.randn(40, 40))
    found, _ = spectra(experiment, network)
    assert ranks(experiment, found, 0.96) == {(2,): 3}
    assert ranks(experiment, found, 0.001) == {(1,): 1, (2,): 1, (3,): 1}  # as small as can be


def test_of_equal_losses_the_one_that_saves_more_goes_first() -> None:
    experiment = of(Flatten(), Linear(out_features=40), Linear(out_features=40), Linear(out_features=10))
    network = build(experiment)
    with torch.no_grad():
        for place in (1, 2):
            network[place].weight.copy_(torch.linalg.qr(torch.randn(network[place].in_features, 40))[0].T)
            network[place].weight.mul_(torch.linspace(1.0, 1.1, 40)[:, None])
    found, _ = spectra(experiment, network)
    assert set(ranks(experiment, found, 0.4)) == {(1,)}


def test_further_training_heals(data: Data) -> None:
    experiment = of(Flatten(), Linear(out_features=20), Linear(out_features=10))
    *epochs, made = prune(experiment, build(experiment), data, Plan(By.RANK, keep=0.3, epochs=2))
    assert len(epochs) == 2
    assert isinstance(made, Pruned)
    assert made.figures.epochs == 2


def test_curves_are_those_of_each_layer_alone(data: Data) -> None:
    experiment = of(Flatten(), Linear(out_features=12), Linear(out_features=10))
    network = build(experiment)
    found, _ = spectra(experiment, network)
    (path, points), _ = rank_curves(experiment, network, found, data.validation)
    assert path == (1,)
    assert [point.rank for point in points] == [1, 2, 4, 8, 12]
    assert [point.weights for point in points] == [rank * (784 + 12) for rank in (1, 2, 4, 8, 12)]
    assert [point.error for point in points] == sorted((point.error for point in points), reverse=True)
    assert points[-1].error == 0.0
    assert points[-1].score == pytest.approx(evaluated(experiment, network, data.validation).score, abs=1e-3)


def test_layers_that_stay_say_why(data: Data) -> None:
    inner = Stack(layers=(Linear(out_features=16),))
    experiment = of(
        Conv2d(out_channels=4, groups=1), Conv2d(out_channels=4, groups=4), Flatten(), Linear(out_features=16)
    )
    experiment = experiment.with_(stack=Stack(layers=(*experiment.stack.layers, Residual(branches=(inner,)), Linear())))
    _, kept = spectra(experiment, build(experiment))
    assert [(item.path, str(item.why)) for item in kept] == [
        ((1,), "Its channels are in groups."),
        ((4, 0, 0), "It is in a container."),
    ]


def test_a_network_of_tiny_layers_is_refused(data: Data) -> None:
    experiment = of(Flatten(), Linear(out_features=1))
    with pytest.raises(PruningError, match=r"no layer that could be two of lower rank. Two layers of rank 1"):
        list(prune(experiment, build(experiment), data, Plan(By.RANK)))
