"""What a column counts is what the weights, or two plain answers, say."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import pytest
import torch
from torch import nn

from playground.engine.build import build
from playground.engine.data.scaling import Scaling
from playground.engine.inference.table_answers import answers, scaled
from playground.engine.probes import column_attributions
from playground.engine.probes.attributions import Attribution
from playground.engine.probes.column_attributions import answer_curve, input_times_gradient, occlusion, typical_row
from playground.spec.data.table_summary import Column, TableFile
from playground.spec.datasets.table import Table
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import Tanh
from playground.spec.layers.dense import Linear
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.recipe import Recipe

COLUMNS = (
    Column(name="size", low=0.0, high=10.0),
    Column(name="colour", kind="category", categories=("red", "green", "blue"), counts=(5, 9, 6)),
    Column(name="rooms", low=1.0, high=4.0, whole=True),
    Column(name="price", low=100.0, high=900.0),
)
DATA = Table(source=TableFile(path="/homes.csv", rows=20, columns=COLUMNS), target="price", asks="number")
SCALING = Scaling((4.0, 0.0, 0.0, 0.0, 2.5), (2.0, 1.0, 1.0, 1.0, 1.5), 400.0, 150.0, (3.0, 1.0, 2.0))
ROW = np.array([7.5, 2.0, 4.0])


def network(*layers: object) -> tuple[Experiment, nn.Sequential]:
    stack = Stack(layers=(*layers, Linear(out_features=1)))  # type: ignore[arg-type]
    made = Experiment(name="T", data=DATA, stack=stack, recipe=Recipe(loss=MSE()))
    return made, build(made)


def completed(work: Generator[None, None, Attribution]) -> Attribution:
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def test_of_a_linear_network_a_column_counts_its_weights_times_the_distance_from_the_baseline() -> None:
    linear, built = network()
    weights = built[0].weight.detach().double().numpy()[0] * SCALING.target_deviation
    size, red, green, blue, rooms = weights
    assert red != green
    expected = [size * (7.5 - 3.0) / 2.0, blue - green, rooms * (4.0 - 2.0) / 1.5]
    for found in (
        input_times_gradient(built, linear, SCALING, ROW, 0),
        completed(column_attributions.integrated(built, linear, SCALING, ROW, 0)),
        occlusion(built, linear, SCALING, ROW, 0),
    ):
        assert found.values == pytest.approx(expected, rel=1e-4)
        assert found.output == pytest.approx(answers(built, linear, SCALING, ROW[None])[0, 0], rel=1e-5)
    typical = answers(built, linear, SCALING, typical_row(linear, SCALING)[None])[0, 0]
    assert input_times_gradient(built, linear, SCALING, ROW, 0).baseline == pytest.approx(typical, rel=1e-5)


def test_integrated_gradients_of_the_columns_add_up_to_the_difference() -> None:
    curved, built = network(Linear(out_features=8), Tanh())
    found = completed(column_attributions.integrated(built, curved, SCALING, ROW, 0))
    both = answers(built, curved, SCALING, np.stack([ROW, typical_row(curved, SCALING)]))[:, 0]
    assert found.values.sum() == pytest.approx(both[0] - both[1], rel=0.01)


def test_occlusion_is_the_difference_of_two_plain_answers() -> None:
    curved, built = network(Linear(out_features=8), Tanh())
    changed = ROW.copy()
    changed[1] = 1.0  # green, the most frequent
    with torch.no_grad():
        plain = built(scaled(curved, SCALING, np.stack([ROW, changed])))[:, 0].numpy()
    found = occlusion(built, curved, SCALING, ROW, 0)
    assert found.values[1] == pytest.approx((plain[0] - plain[1]) * SCALING.target_deviation, rel=1e-4)


def test_a_curve_is_made_of_plain_answers_over_the_range_of_its_column() -> None:
    curved, built = network(Linear(out_features=8), Tanh())
    along = answer_curve(built, curved, SCALING, ROW, 2, 0)
    assert along.places.tolist() == [1.0, 2.0, 3.0, 4.0]
    for place, answer in zip(*along, strict=True):
        row = np.array([[7.5, 2.0, place]])
        assert answer == pytest.approx(answers(built, curved, SCALING, row)[0, 0], rel=1e-5)
    assert answer_curve(built, curved, SCALING, ROW, 1, 0).places.tolist() == [0.0, 1.0, 2.0]
    size = answer_curve(built, curved, SCALING, ROW, 0, 0).places
    assert (size[0], size[-1], len(size)) == (0.0, 10.0, 61)
