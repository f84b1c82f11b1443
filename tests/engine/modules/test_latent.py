"""The Gaussian latent costs the divergence that torch.distributions computes, and draws what it says."""

from __future__ import annotations

import torch
from torch.distributions import Normal, kl_divergence

from playground.engine.modules.latent import GaussianLatent


def latent() -> tuple[GaussianLatent, torch.Tensor]:
    torch.manual_seed(0)
    return GaussianLatent(5, 3, beta=0.5), torch.randn(4, 5)


def test_the_divergence_is_that_of_two_normal_distributions() -> None:
    module, inputs = latent()
    module(inputs)
    mean, log_variance = module.moments(inputs).chunk(2, 1)
    around = Normal(mean, (log_variance / 2).exp())
    expected = 0.5 * kl_divergence(around, Normal(0.0, 1.0)).sum(1).mean()
    assert module.extra_loss is not None
    torch.testing.assert_close(module.extra_loss, expected)


def test_what_is_drawn_has_that_mean_and_variance() -> None:
    module, inputs = latent()
    mean, log_variance = module.moments(inputs[:1]).chunk(2, 1)
    drawn = module(inputs[:1].expand(100_000, -1))
    torch.testing.assert_close(drawn.mean(0), mean[0], atol=0.02, rtol=0.0)
    torch.testing.assert_close(drawn.var(0), log_variance[0].exp(), atol=0.0, rtol=0.03)


def test_after_training_it_is_the_mean_and_costs_nothing() -> None:
    module, inputs = latent()
    module.eval()
    assert torch.equal(module(inputs), module.moments(inputs)[:, :3])
    assert module.extra_loss is None


def test_gradients_pass_through_what_is_drawn() -> None:
    module, inputs = latent()
    module(inputs).sum().backward()
    assert module.moments.weight.grad is not None
    assert module.moments.weight.grad[3:].any()  # those of the variances
