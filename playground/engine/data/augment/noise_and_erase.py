"""Adds noise to images and erases parts of them, so that a network does not depend on a few pixels."""

import math

import torch
from torch import Tensor

_SMALLEST = 0.02  # smallest share of an image that is erased
_LONGEST = 3.3  # largest ratio of the sides of the rectangle


def noise(images: Tensor, labels: Tensor, generator: torch.Generator, *, amount: float = 0.2) -> tuple[Tensor, Tensor]:
    """Add Gaussian noise to every pixel, and clip to [0, 1].

    images: (N, C, H, W) in [0, 1]; labels: (N,). Neither is modified.

    amount: the largest standard deviation; each image's is uniform between 0 and it.
    """
    sizes = torch.rand(len(images), 1, 1, 1, generator=generator, device=images.device) * amount
    added = torch.randn(images.shape, generator=generator, device=images.device) * sizes
    return (images + added).clamp(0, 1), labels.clone()


def erase(
    images: Tensor, labels: Tensor, generator: torch.Generator, *, share: float = 0.5, area: float = 0.2
) -> tuple[Tensor, Tensor]:
    """Set a random rectangle to 0 in a share of the images.

    images: (N, C, H, W) in [0, 1]; labels: (N,). Neither is modified. The area, aspect ratio and
    position of the rectangle are drawn as in Zhong et al., 2020, Random Erasing, arXiv:1708.04896,
    algorithm 1, except that the logarithm of the aspect ratio is uniform, sides are at most those
    of the image, and the rectangle is black.

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
