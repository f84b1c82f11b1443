"""Elastic distortion: moves the pixels of images by a smooth random field, like an unsteady hand."""

import torch
from torch import Tensor
from torch.nn import functional as F

from playground.engine.data.augment.blur import gaussian


def elastic(
    images: Tensor, labels: Tensor, generator: torch.Generator, *, alpha: float = 34.0, sigma: float = 4.0
) -> tuple[Tensor, Tensor]:
    """Move every pixel by a random field that is smooth: noise in [-1, 1], blurred, times `alpha`.

    images: (N, C, H, W) in [0, 1]; labels: (N,). Neither is modified. Pixels outside an image are
    0. Simard, Steinkraus and Platt, 2003, Best Practices for Convolutional Neural Networks, section
    2; the defaults are theirs for MNIST, and move a pixel by about 1.4 pixels along each axis.

    alpha: factor of the field, in pixels; sigma: standard deviation of the Gaussian that smooths
    it, in pixels.
    """
    shape = (len(images), 2, *images.shape[-2:])
    noise = torch.rand(shape, generator=generator, device=images.device) * 2 - 1
    field = gaussian(noise, noise.new_full((len(images),), sigma)) * alpha
    return displaced(images, field), labels.clone()


def displaced(images: Tensor, field: Tensor) -> Tensor:
    """Resample (N, C, H, W) bilinearly, each pixel moved by `field` (N, 2, H, W): right, down."""
    height, width = images.shape[-2:]
    right = torch.arange(width, device=images.device) + field[:, 0]
    down = torch.arange(height, device=images.device)[:, None] + field[:, 1]
    # grid_sample's coordinates run from -1 at one edge of the image to 1 at the other.
    grid = torch.stack([(2 * right + 1) / width - 1, (2 * down + 1) / height - 1], 3)
    return F.grid_sample(images, grid, align_corners=False).clamp(0, 1)
