"""The Gaussian latent of a variational autoencoder: a vector drawn around a mean, and what that costs."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class GaussianLatent(nn.Module):
    """Draws (N, latent) from N(μ, σ²), which are linear in (N, features): the middle of a VAE.

    μ and ln σ² are linear in what comes in. While training the vector is z = μ + σ ε with ε from
    N(0, 1), through which gradients pass, and `extra_loss` is what the last pass adds to the loss:
    `beta` times the mean over the batch of the divergence from N(0, 1), ½ Σ (μ² + σ² − 1 − ln σ²).
    Afterwards it is μ itself (Kingma and Welling, 2013, section 2.4 and appendix B).
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
