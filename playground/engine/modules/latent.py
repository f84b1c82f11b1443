"""The Gaussian latent of a variational autoencoder: a random vector, and its divergence for the loss."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class GaussianLatent(nn.Module):
    """Draws (N, latent) from N(μ, σ²), computed from (N, features): the bottleneck of a VAE.

    μ and ln σ² are linear in the input. In training mode the output is z = μ + σ ε with ε from
    N(0, 1), through which gradients pass, and `extra_loss` is the term of the last pass to add to
    the loss: `beta` times the batch mean of the divergence from N(0, 1), ½ Σ (μ² + σ² − 1 − ln σ²).
    In evaluation mode it is μ (Kingma and Welling, 2013, section 2.4 and appendix B).
    """

    def __init__(self, features: int, latent: int, *, beta: float = 1.0) -> None:
        super().__init__()
        self.beta = beta
        self.moments = nn.Linear(features, 2 * latent)  # means, then logarithms of variances
        self.extra_loss: Tensor | None = None

    def forward(self, inputs: Tensor) -> Tensor:
        mean: Tensor
        mean, log_variance = self.moments(inputs).chunk(2, 1)
        if not self.training:
            self.extra_loss = None
            return mean
        divergence = (mean.square() + log_variance.exp() - 1.0 - log_variance).sum(1) / 2
        self.extra_loss = self.beta * divergence.mean()
        noise = torch.empty_like(mean).normal_()
        drawn: Tensor = mean + (log_variance / 2).exp() * noise
        return drawn
