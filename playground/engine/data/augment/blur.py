"""Blurs images, so that a network does not depend on sharp edges."""

import torch
from torch import Tensor


def blur(images: Tensor, labels: Tensor, generator: torch.Generator, *, sigma: float = 1.0) -> tuple[Tensor, Tensor]:
    """Blur every image by its own random amount.

    images: (N, C, H, W) in [0, 1]; labels: (N,). Neither is modified.

    sigma: the largest standard deviation of the Gaussian, in pixels; each image's is uniform
    between 0 and it.
    """
    sigmas = torch.rand(len(images), generator=generator, device=images.device) * sigma
    return gaussian(images, sigmas).clamp(0, 1), labels.clone()


def gaussian(images: Tensor, sigmas: Tensor) -> Tensor:
    """Blur images (N, C, H, W), 0 outside, by Gaussians of standard deviations (N,), in pixels."""
    down, across = (_weights(size, sigmas).unsqueeze(1) for size in images.shape[-2:])
    return down @ images @ across


def _weights(size: int, sigmas: Tensor) -> Tensor:
    """The Gaussian along one axis as matrices (N, size, size), which are symmetric."""
    steps = torch.arange(size, device=sigmas.device)
    width = sigmas.clamp_min(1e-3)[:, None, None]
    falling = (-0.5 * (steps / width).square()).exp()  # (N, 1, size): weight at that distance
    whole = 2 * falling.sum(2, keepdim=True) - 1  # to both sides, the middle counted once
    distances = (steps[:, None] - steps).abs()
    return falling.expand(-1, size, -1).gather(2, distances.expand(len(sigmas), -1, -1)) / whole
