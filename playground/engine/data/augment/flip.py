"""Mirrors images, for classes that do not depend on left and right."""

import torch
from torch import Tensor


def flip(images: Tensor, labels: Tensor, generator: torch.Generator, *, share: float = 0.5) -> tuple[Tensor, Tensor]:
    """Mirror a share of the images, left to right.

    images: (N, C, H, W) in [0, 1]; labels: (N,). Neither is modified.

    share: fraction of the images mirrored, 0-1.
    """
    mirrored = torch.rand(len(images), 1, 1, 1, generator=generator, device=images.device) < share
    return images.flip(-1).where(mirrored, images), labels.clone()
