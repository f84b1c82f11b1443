"""The map of the plane: what a known network says is where it belongs, and neurons show their own part of it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from playground.engine.build import build
from playground.engine.inference.decision_map import COARSE, SIDE, PlaneActivations
from playground.spec.data.patterns import Spirals
from playground.spec.datasets.points import Heights, Points
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.dense import Linear
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.recipe import Recipe

POINTS = ((3.0, 1.0, 1.0), (-3.0, 0.0, 0.0), (5.0, 5.0, 0.0), (-1.0, 0.0, 0.0))


def linear(experiment: Experiment, weight: list[list[float]]) -> nn.Sequential:
    """The network, its first layer set."""
    network = build(experiment)
    with torch.no_grad():
        network[0].weight.copy_(torch.tensor(weight))
        network[0].bias.zero_()
    return network


def one_layer(data: Points | Heights, recipe: Recipe | None = None) -> Experiment:
    stack = Stack(layers=(Linear(out_features=data.task.output[0]),))
    return Experiment(data=data, stack=stack, recipe=recipe or Recipe())


def test_x_goes_to_the_right_and_y_upwards() -> None:
    for weight, right, up in (([[0.0, 0.0], [9.0, 0.0]], 255, 128), ([[0.0, 0.0], [0.0, 9.0]], 128, 255)):
        experiment = one_layer(Points())
        field = PlaneActivations().look(linear(experiment, weight), experiment, POINTS)
        assert field.levels.shape == (SIDE, SIDE)
        assert field.levels[SIDE // 2, -1] == pytest.approx(right, abs=128 if right == 128 else 0)
        assert field.levels[0].mean() == pytest.approx(up, abs=2)


def test_points_are_scored() -> None:
    experiment = one_layer(Points())
    field = PlaneActivations().look(linear(experiment, [[0.0, 0.0], [1.0, 0.0]]), experiment, POINTS)
    assert field.found.score == 0.75


def test_several_classes_have_bands_of_their_own() -> None:
    experiment = one_layer(Points(pattern=Spirals(arms=3)))
    field = PlaneActivations().look(linear(experiment, [[9.0, 0.0], [-9.0, 0.0], [0.0, 0.0]]), experiment, POINTS)
    assert set((field.levels // 51)[:, : SIDE // 2 - 1].flatten()) == {1}
    assert set((field.levels // 51)[:, SIDE // 2 + 1 :].flatten()) == {0}
    assert field.levels[0, -1] == 50


def test_heights_from_minus_one_to_one() -> None:
    experiment = one_layer(Heights(), Recipe(loss=MSE()))
    field = PlaneActivations().look(linear(experiment, [[1.0, 0.0]]), experiment, POINTS)
    assert field.levels[0, 0] == 0
    assert field.levels[0, -1] == 255
    assert abs(int(field.levels[0, SIDE // 2]) - 128) < 10


def test_neurons_have_maps_of_their_own() -> None:
    stack = Stack(layers=(Linear(out_features=3), ReLU(enabled=False), Linear(out_features=12, activation=ReLU())))
    experiment = Experiment(data=Points(), stack=Stack(layers=(*stack.layers, Linear(out_features=2))))
    network = linear(experiment, [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    neurons = PlaneActivations().look(network, experiment, POINTS).neurons
    assert {path: maps.shape[0] for path, maps in neurons.items()} == {(): 2, (0,): 3, (2,): 8, (3,): 2}
    right, up, nothing = neurons[0,]
    assert right.shape == (COARSE, COARSE)
    assert np.all(np.diff(right.astype(int), axis=1) > 0)
    assert np.all(np.diff(up.astype(int), axis=0) < 0)
    assert set(nothing.flatten()) == {128}
    assert neurons[2,].min() >= 128  # behind its ReLU


def test_a_network_that_diverged_is_as_undecided_as_can_be() -> None:
    experiment = one_layer(Points())
    network = linear(experiment, [[float("nan"), 0.0], [0.0, 0.0]])
    assert set(PlaneActivations().look(network, experiment, POINTS).levels.flatten()) == {128}
