"""The map of the plane: what a known network says is where it belongs."""

from __future__ import annotations

from math import sin

import pytest
import torch
from torch import nn

from playground.engine.build import build
from playground.engine.data.sources.patterns import Point, circle
from playground.engine.inference.decision_map import SIDE, DecisionMap, PlaneActivations
from playground.spec.data.patterns import Spirals
from playground.spec.datasets.points import Heights, Points
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.recipe.losses import MSE, BinaryCrossEntropy, CrossEntropy, Loss
from playground.spec.recipe.recipe import Recipe
from tests.slices import outcome

POINTS = ((3.0, 1.0, 1.0), (-3.0, 0.0, 0.0), (5.0, 5.0, 0.0), (-1.0, 0.0, 0.0))


def look(network: nn.Sequential, experiment: Experiment, points: tuple[Point, ...] | None) -> DecisionMap:
    return outcome(PlaneActivations().look(network, experiment, points))


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
        field = look(linear(experiment, weight), experiment, POINTS)
        assert field.levels.shape == (SIDE, SIDE)
        assert field.levels[SIDE // 2, -1] == pytest.approx(right, abs=128 if right == 128 else 0)
        assert field.levels[0].mean() == pytest.approx(up, abs=2)


def test_points_are_scored() -> None:
    experiment = one_layer(Points())
    field = look(linear(experiment, [[0.0, 0.0], [1.0, 0.0]]), experiment, POINTS)
    assert field.found.score == 0.75


def test_several_classes_have_bands_of_their_own() -> None:
    experiment = one_layer(Points(pattern=Spirals(arms=3)))
    field = look(linear(experiment, [[9.0, 0.0], [-9.0, 0.0], [0.0, 0.0]]), experiment, POINTS)
    assert set((field.levels // 51)[:, : SIDE // 2 - 1].flatten()) == {1}
    assert set((field.levels // 51)[:, SIDE // 2 + 1 :].flatten()) == {0}
    assert field.levels[0, -1] == 50


def test_heights_from_minus_one_to_one() -> None:
    experiment = one_layer(Heights(), Recipe(loss=MSE()))
    field = look(linear(experiment, [[1.0, 0.0]]), experiment, POINTS)
    assert field.levels[0, 0] == 0
    assert field.levels[0, -1] == 255
    assert abs(int(field.levels[0, SIDE // 2]) - 128) < 10


def test_a_network_that_diverged_is_as_undecided_as_can_be() -> None:
    experiment = one_layer(Points())
    network = linear(experiment, [[float("nan"), 0.0], [0.0, 0.0]])
    assert set(look(network, experiment, POINTS).levels.flatten()) == {127}  # just on this side of the middle


def _plain(network: nn.Sequential, experiment: Experiment, x: float, y: float) -> torch.Tensor:
    """What a network says of a place, computed for this place alone."""
    names = experiment.data.features
    every = {"x": x, "y": y, "xy": x * y, "x_squared": x * x, "y_squared": y * y, "sin_x": sin(x), "sin_y": sin(y)}
    with torch.no_grad():
        return network.eval()(torch.tensor([[every[name] for name in names]]))[0]


def _places() -> list[tuple[int, int, float, float]]:
    """Rows, columns, and the places in the middle of them on a plane from -6 to 6."""
    chosen = [(0, 0), (0, 79), (79, 0), (17, 60), (40, 39), (61, 3), (33, 33)]
    return [(row, column, -6 + 12 * (column + 0.5) / 80, 6 - 12 * (row + 0.5) / 80) for row, column in chosen]


@pytest.mark.parametrize("arms", [2, 4])
@pytest.mark.parametrize("loss", [CrossEntropy(), MSE(), BinaryCrossEntropy()], ids=repr)
def test_each_square_is_what_the_network_says_of_its_middle(arms: int, loss: Loss) -> None:
    """Also where all outputs are below 0, of which MSE makes equal probabilities: the greatest is still the class."""
    data = Points(pattern=Spirals(arms=arms), xy=True, sin_y=True)
    stack = Stack(layers=(Linear(out_features=6), Linear(out_features=arms)))
    experiment = Experiment(data=data, stack=stack, recipe=Recipe(loss=loss))
    for offset in (0.0, -50.0):
        network = build(experiment)
        with torch.no_grad():
            network[-1].bias.add_(offset)
        field = look(network, experiment, None)
        for row, column, x, y in _places():
            outputs = _plain(network, experiment, x, y)
            if isinstance(loss, MSE):
                above = outputs.clamp_min(0.0)
                shares = above / above.sum() if above.sum() > 0 else torch.full((arms,), 1 / arms)
            elif isinstance(loss, BinaryCrossEntropy):
                sigmoids = outputs.double().sigmoid()
                shares = sigmoids / sigmoids.sum()
            else:
                shares = outputs.softmax(0)
            label = int(outputs.argmax())
            level = int(field.levels[row, column])
            assert (level > 127 if arms == 2 else level // 51) == label
            assert field.values[row, column] == pytest.approx(shares[label].item(), abs=1e-5)
            if arms == 2:
                assert level == pytest.approx(255 * shares[1].item(), abs=0.51)
            else:
                certainty = max(0.0, (shares[label].item() * arms - 1) / (arms - 1))
                assert level % 51 == pytest.approx(50 * certainty, abs=0.51)


def test_heights_beyond_the_colours_are_known() -> None:
    experiment = one_layer(Heights(), Recipe(loss=MSE()))
    network = linear(experiment, [[1.0, -0.5]])
    field = look(network, experiment, POINTS)
    for row, column, x, y in _places():
        assert field.values[row, column] == pytest.approx(_plain(network, experiment, x, y).item(), abs=1e-5)
    assert field.values.max() > 8.0
    assert field.said == ()


def test_what_is_said_of_points_is_what_the_score_counts() -> None:
    experiment = one_layer(Points())
    network = build(experiment)
    points = tuple(circle(60, 1.0, 3))
    field = look(network, experiment, points)
    plain = [_plain(network, experiment, x, y) for x, y, _ in points]
    assert [label for label, _ in field.said] == [int(outputs.argmax()) for outputs in plain]
    shares = [outputs.softmax(0).max().item() for outputs in plain]
    assert [share for _, share in field.said] == pytest.approx(shares, abs=1e-6)
    right = sum(label == point[2] for (label, _), point in zip(field.said, points, strict=True))
    assert field.found.score == right / len(points)
