"""Right answers before and after learning from corrections, compared with plain torch and with counting."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch
from scipy.stats import binomtest

from playground.engine.build import build
from playground.engine.data.in_memory import InputTargetPairs
from playground.engine.evaluation.correction_figures import change, correction_figures, fall_chance
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten


def test_figures_are_those_of_plain_torch() -> None:
    experiment = Experiment(stack=Stack(layers=(Flatten(), Linear(out_features=10))))
    network, generator = build(experiment), torch.Generator().manual_seed(0)
    parts = [
        InputTargetPairs(
            torch.randint(0, 256, (count, 1, 28, 28), generator=generator, dtype=torch.uint8),
            torch.randint(0, 10, (count,), generator=generator),
        )
        for count in (53, 7)
    ]
    slices = correction_figures(network, experiment, *parts, chunk=10)
    steps = 0
    while True:
        try:
            next(slices)
            steps += 1
        except StopIteration as end:
            figures = end.value
            break
    assert steps > 5  # it leaves room between chunks
    for found, part in zip(figures, parts, strict=True):
        with torch.no_grad():
            outputs = part.inputs.float().div(255).flatten(1) @ network[1].weight.T + network[1].bias
        np.testing.assert_array_equal(found, (outputs.argmax(1) == part.targets).numpy())


def test_a_fall_is_told_where_chance_rarely_makes_it() -> None:
    for lost, won in ((0, 0), (3, 1), (5, 0), (2, 6)):
        flips = list(product((0, 1), repeat=lost + won))  # every way in which chance could decide
        assert fall_chance(lost, won) == pytest.approx(sum(sum(one) >= lost for one in flips) / len(flips))
    for lost, won in ((4500, 4000), (40, 9000), (700, 1)):
        expected = binomtest(lost, lost + won, alternative="greater").pvalue
        assert fall_chance(lost, won) == pytest.approx(expected, rel=1e-6)
    before = np.array([True] * 90 + [False] * 10)
    found = change(before, np.array([True] * 80 + [False] * 18 + [True] * 2))
    assert found[:3] == (90, 82, 100)
    assert found.fell
    assert not change(before, np.array([True] * 87 + [False] * 11 + [True] * 2)).fell
    assert not change(before, before).fell
