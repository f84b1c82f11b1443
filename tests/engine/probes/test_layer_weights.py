"""Weights by layer: names and shapes, histograms and places in a plane, against straightforward computations."""

from __future__ import annotations

from itertools import product
from math import inf, nan

import numpy as np
import pytest
import torch

from playground.engine.build import build
from playground.engine.probes.layer_weights import BINS, LayerTensors, histogram_of, layer_tensors
from playground.engine.probes.weight_arrangement import GAP, MOST, Kind, arrangement
from playground.spec.datasets.downloads import CIFAR10
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.files.presets import presets
from playground.spec.layer import Layer, Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten

PRESETS = {preset.id: preset.experiment for preset in presets()}


def experiment_of(*layers: Layer, colored: bool = False) -> Experiment:
    return Experiment(name="", data=CIFAR10() if colored else MNIST(), stack=Stack(layers=layers))


def tensors_of(experiment: Experiment) -> tuple[LayerTensors, ...]:
    return layer_tensors(experiment, build(experiment))


@pytest.mark.parametrize("name", PRESETS)
def test_every_tensor_of_a_network_is_listed_once_with_its_name_and_its_layer(name: str) -> None:
    experiment = PRESETS[name]
    network = build(experiment)
    layers = layer_tensors(experiment, network)
    listed = [(name, shape) for layer in layers for name, shape in layer.shapes.items()]
    learned = {id(parameter) for parameter in network.parameters()}
    state = network.state_dict(keep_vars=True)
    found = {id(state[name]) for name, _ in listed}
    assert len(found) == len(listed)
    assert learned <= found
    assert all(tuple(state[name].shape) == shape for name, shape in listed)
    for layer in layers:
        for name in layer.shapes:
            assert arrangement(experiment, layer, name).places.max() < state[name].numel()


def test_a_histogram_counts_every_finite_number_once() -> None:
    values = torch.randn(300_000, generator=torch.Generator().manual_seed(3))
    values[:3] = torch.tensor([nan, inf, -inf])
    found = histogram_of(values.view(3, 100_000))
    rest = values[3:].double().numpy()
    expected, edges = np.histogram(rest, BINS, (-np.abs(rest).max(), np.abs(rest).max()))
    assert np.abs(found.counts - expected).max() <= 1  # a number at the very edge of two bins
    assert found.counts.sum() == len(rest)
    assert found.edges == pytest.approx(edges)
    assert found.not_finite == 3
    assert (found.density * np.diff(found.edges)).sum() == pytest.approx(1)
    assert histogram_of(torch.zeros(5)).counts.sum() == 5


def test_the_rows_of_a_linear_layer_behind_a_picture_are_pictures() -> None:
    experiment = experiment_of(Flatten(), Linear(out_features=5), ReLU(), Linear(out_features=784))
    first, second = tensors_of(experiment)
    found = arrangement(experiment, first, "1.weight")
    assert found.kind is Kind.ROWS
    weight = np.arange(5 * 784).reshape(5, 28, 28)
    columns = (found.places.shape[1] + 1) // 29
    for unit, y, x in product(range(5), (0, 13, 27), (0, 5, 27)):
        assert found.places[unit // columns * 29 + y, unit % columns * 29 + x] == weight[unit, y, x]
    assert (found.places[28] == GAP).all()
    assert arrangement(experiment, second, "3.weight").kind is Kind.MATRIX
    assert arrangement(experiment, first, "1.bias").kind is Kind.MATRIX
    wanted = arrangement(experiment, first, "1.weight", as_matrix=True)
    assert np.array_equal(wanted.places, np.arange(5 * 784).reshape(5, 784))


def test_kernels_stand_below_each_other_for_each_filter_and_in_colours_for_a_picture() -> None:
    experiment = experiment_of(Conv2d(out_channels=6), Conv2d(out_channels=4), colored=True)
    first, second = tensors_of(experiment)
    colored = arrangement(experiment, first, "0.weight")
    size = first.shapes["0.weight"]
    weight = np.arange(np.prod(size)).reshape(size)
    assert colored.kind is Kind.COLOR_KERNELS
    assert np.array_equal(colored.places[: size[2], : size[3]], np.moveaxis(weight[0], 0, -1))
    deeper = arrangement(experiment, second, "1.weight")
    out, channels, height, width = second.shapes["1.weight"]
    weight = np.arange(out * channels * height * width).reshape(out, channels, height, width)
    assert deeper.kind is Kind.KERNELS
    for number, channel in product(range(out), range(channels)):
        top, left = channel * (height + 1), number * (width + 1)
        assert np.array_equal(deeper.places[top : top + height, left : left + width], weight[number, channel])


def test_of_a_large_tensor_the_first_rows_are_arranged() -> None:
    experiment = experiment_of(Flatten(), Linear(out_features=3000))
    found = arrangement(experiment, tensors_of(experiment)[0], "1.weight")
    assert found.shown < found.whole == 3000
    assert found.places.size <= 1.2 * MOST
    assert found.places.max() == found.shown * 784 - 1
