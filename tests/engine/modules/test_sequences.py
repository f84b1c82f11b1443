"""Positions, class tokens, pooling over steps and codes do what their descriptions say."""

from __future__ import annotations

import math

import pytest
import torch

from playground.engine.modules.one_hot import OneHot
from playground.engine.modules.permute import Permute
from playground.engine.modules.positions import ClassToken, LearnedPosition, SequencePool, SinusoidalPosition


@pytest.mark.parametrize("features", [1, 6, 7])
def test_waves_are_those_of_the_paper(features: int) -> None:
    """PE(t, 2i) = sin(t / 10000^(2i/d)), PE(t, 2i + 1) = cos(t / 10000^(2i/d)) (Vaswani et al., 2017, section 3.5)."""
    waves = SinusoidalPosition(9, features)(torch.zeros(1, 9, features))[0]
    for step in range(9):
        for feature in range(features):
            angle = step / 10_000 ** (2 * (feature // 2) / features)
            expected = math.cos(angle) if feature % 2 else math.sin(angle)
            assert float(waves[step, feature]) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("position", [LearnedPosition, SinusoidalPosition])
def test_fewer_steps_get_the_first_positions(position: type[LearnedPosition | SinusoidalPosition]) -> None:
    module = position(8, 4)
    inputs = torch.randn(2, 8, 4)
    assert torch.equal(module(inputs[:, :3]), module(inputs)[:, :3])


def test_a_class_token_stands_in_front_of_every_sample() -> None:
    module = ClassToken(3)
    inputs = torch.randn(2, 4, 3)
    outputs = module(inputs)
    assert torch.equal(outputs[:, 1:], inputs)
    assert torch.equal(outputs[0, 0], module.weight)
    assert torch.equal(outputs[1, 0], module.weight)


def test_what_is_kept_of_the_steps() -> None:
    inputs = torch.tensor([[[1.0, 5.0], [2.0, 0.0], [6.0, 1.0]]])
    kept = {how: SequencePool(how)(inputs)[0].tolist() for how in ("mean", "max", "first", "last")}
    assert kept == {"mean": [3.0, 2.0], "max": [6.0, 5.0], "first": [1.0, 5.0], "last": [6.0, 1.0]}


def test_one_hot_is_that_of_torch() -> None:
    codes = torch.randint(7, (3, 5))
    assert torch.equal(OneHot(7)(codes), torch.nn.functional.one_hot(codes, 7).float())


def test_permute_counts_from_the_batch() -> None:
    assert Permute(3, 1, 2)(torch.zeros(2, 3, 4, 5)).shape == (2, 5, 3, 4)
