"""Spoils images with noise and holes, so that a network does not depend on any few pixels."""

import math

import torch
from torch import Tensor

_SMALLEST = 0.02  # share of an image that is erased at least
_LONGEST = 3.3  # most that one side of what is erased is longer than the other


def noise(images: Tensor, labels: Tensor, generator: torch.Generator, *, amount: float = 0.2) -> tuple[Tensor, Tensor]:
    """Add Gaussian noise to every pixel, and cut off at 0 and 1.

    images: (N, C, H, W) in [0, 1]; labels: (N,). Neither is written to.

    amount: the largest standard deviation; each image's is uniform between 0 and it.
    """
    sizes = torch.rand(len(images), 1, 1, 1, generator=generator, device=images.device) * amount
    added = torch.randn(images.shape, generator=generator, device=images.device) * sizes
    return (images + added).clamp(0, 1), labels.clone()


def erase(
    images: Tensor, labels: Tensor, generator: torch.Generator, *, share: float = 0.5, area: float = 0.2
) -> tuple[Tensor, Tensor]:
    """Set a random rectangle to 0 in a share of the images.

    images: (N, C, H, W) in [0, 1]; labels: (N,). Neither is written to. Area, form and place of the
    rectangle are drawn as in Zhong et al., 2020, Random Erasing, arXiv:1708.04896, algorithm 1, but
    that the logarithm of the sides' ratio is uniform, a side is cut where it is longer than the
    image, and the hole is black.

    share: fraction of the images changed, 0-1; area: the largest share of an image that is erased.
    """
    height, width = images.shape[-2:]
    unit = torch.rand(5, len(images), 1, 1, 1, generator=generator, device=images.device)
    covered = _SMALLEST + unit[1] * (max(area, _SMALLEST) - _SMALLEST)
    ratio = ((2 * unit[2] - 1) * math.log(_LONGEST)).exp()
    tall = ((covered * ratio).sqrt() * height).round().clamp(1, height)
    wide = ((covered / ratio).sqrt() * width).round().clamp(1, width)
    top, left = (unit[3] * (height - tall + 1)).floor(), (unit[4] * (width - wide + 1)).floor()
    y = torch.arange(height, device=images.device)[:, None]
    x = torch.arange(width, device=images.device)
    hole = (y >= top) & (y < top + tall) & (x >= left) & (x < left + wide) & (unit[0] < share)
    return images.masked_fill(hole, 0), labels.clone()
