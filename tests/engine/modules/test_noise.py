"""Gaussian noise: how much of it, and when."""

import torch

from playground.engine.modules.noise import GaussianNoise


def test_it_is_gaussian_while_training() -> None:
    torch.manual_seed(1)
    x = torch.full((200, 500), 3.0)
    added = GaussianNoise(std=0.5)(x) - x
    assert abs(float(added.mean())) < 0.01
    assert abs(float(added.std()) - 0.5) < 0.01
    assert 0.67 < (added.abs() < 0.5).float().mean() < 0.70  # of a Gaussian: 0.683
    assert torch.equal(x, torch.full((200, 500), 3.0))


def test_it_is_silent_afterwards_and_lets_gradients_through() -> None:
    x = torch.ones(2, 3, requires_grad=True)
    layer = GaussianNoise(std=0.5)
    layer(x).sum().backward()
    assert torch.equal(x.grad, torch.ones(2, 3))
    assert torch.equal(layer.eval()(x), x)
