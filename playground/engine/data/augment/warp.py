"""Shifts, rotates, scales and shears images in one resampling, so that a digit's pose matters less."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F


def warp(
    images: Tensor,
    labels: Tensor,
    generator: torch.Generator,
    *,
    degrees: float = 0.0,
    scale: float = 0.0,
    shear: float = 0.0,
    shift: float = 0.0,
) -> tuple[Tensor, Tensor]:
    """Give every image its own random affine transform, uniform in the ranges given.

    images: (N, 1, H, W) in [0, 1]; labels: (N,). Neither is modified. Pixels outside an image are
    0.

    degrees: largest rotation in either direction, 0–180.
    scale: largest change of size, as a fraction of the size, 0–0.9: 0.1 is 90–110 %.
    shear: largest horizontal shear, as the tangent of its angle, 0–1: 0.25 moves the top of a
        20-pixel-high digit up to 5 pixels relative to its bottom.
    shift: largest movement along x and, independently, along y, in pixels.
    """
    limits = images.new_tensor([degrees, scale, shear, shift, shift])
    unit = torch.rand(len(images), 5, generator=generator, device=images.device) * 2 - 1
    turn, growth, slant, right, down = (unit * limits).unbind(1)
    return affine(images, turn, 1 + growth, slant, right, down), labels.clone()


def affine(images: Tensor, degrees: Tensor, scale: Tensor, shear: Tensor, right: Tensor, down: Tensor) -> Tensor:
    """Resample (N, 1, H, W) bilinearly under one affine transform per image; 0 outside.

    About the middle of the image: shear, scale, rotate clockwise, then shift. The settings
    are (N,): degrees, a factor > 0, the tangent of the slant, and pixels to the right and down.
    """
    height, width = images.shape[-2:]
    angle = degrees * (math.pi / 180)
    cosine, sine = angle.cos() / scale, angle.sin() / scale
    # Sampling needs the input position of each output pixel, so this is the inverse: rotate back,
    # scale back, shear back. In pixels: x = xx·x' + xy·y', y = yx·x' + yy·y'.
    xx, xy = cosine + shear * sine, sine - shear * cosine
    yx, yy = -sine, cosine
    # grid_sample's coordinates are in half widths and half heights rather than in pixels.
    across = [xx, xy * (height / width), -(xx * right + xy * down) * (2 / width)]
    along = [yx * (width / height), yy, -(yx * right + yy * down) * (2 / height)]
    # Like affine_grid, but one matrix product for all images takes a fifth of the time.
    grid = torch.stack(across + along, 1).view(-1, 3) @ _pixels(images)
    grid = grid.view(-1, 2, height, width).permute(0, 2, 3, 1)
    return F.grid_sample(images, grid, align_corners=False).clamp(0, 1)


def _pixels(images: Tensor) -> Tensor:
    """Rows x, y and 1, (3, H·W): pixel positions relative to the middle, in half sizes."""
    height, width = images.shape[-2:]
    y = (torch.arange(height, device=images.device) * 2 + 1) / height - 1
    x = (torch.arange(width, device=images.device) * 2 + 1) / width - 1
    down, right = torch.meshgrid(y, x, indexing="ij")
    return torch.stack([right, down, torch.ones_like(right)]).flatten(1)
