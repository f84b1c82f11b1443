"""Mixes pairs of training images and their targets, so that a network is less confident between classes."""

import torch
from torch import Tensor


def mixup(
    images: Tensor, labels: Tensor, generator: torch.Generator, *, classes: int, share: float = 1.0, alpha: float = 0.2
) -> tuple[Tensor, Tensor]:
    """Blend images with others of the batch, λ · x + (1 - λ) · x', and their targets as well.

    images: (N, C, H, W) in [0, 1]; labels: (N,) int64, or probabilities (N, classes). Neither is
    modified; the targets returned are probabilities. Zhang et al., 2018, arXiv:1710.09412, section
    2, with a λ for each pair.

    share: fraction of the images blended, 0-1. alpha: small values leave most images nearly
    unchanged, 1 makes all blends equally likely.
    """
    kept = _kept(len(images), alpha, share, generator, images.device)
    other = torch.randperm(len(images), generator=generator, device=images.device)
    targets = _probabilities(labels, classes)
    portion = kept.view(-1, 1, 1, 1)
    blended = images * portion + images[other] * (1 - portion)
    return blended, targets * kept[:, None] + targets[other] * (1 - kept[:, None])


def cutmix(
    images: Tensor, labels: Tensor, generator: torch.Generator, *, classes: int, share: float = 0.5, alpha: float = 1.0
) -> tuple[Tensor, Tensor]:
    """Put a rectangle of another image into each, and blend the targets by the areas.

    images: (N, C, H, W) in [0, 1]; labels: (N,) int64, or probabilities (N, classes). Neither is
    modified; the targets returned are probabilities. Yun et al., 2019, arXiv:1905.04899, section
    3.1: the rectangle has the image's aspect ratio and a share 1 - λ of its area, λ from
    Beta(α, α), around a random centre, and is clipped to the image.

    share: fraction of the images that get one, 0-1.
    """
    height, width = images.shape[-2:]
    kept = _kept(len(images), alpha, share, generator, images.device)
    other = torch.randperm(len(images), generator=generator, device=images.device)
    centre = torch.rand(2, len(images), 1, generator=generator, device=images.device)
    half = (1 - kept).sqrt()[:, None] / 2
    rows = _within(centre[0], half, height)[:, None, :, None]
    columns = _within(centre[1], half, width)[:, None, None, :]
    hole = rows & columns
    targets = _probabilities(labels, classes)
    covered = hole.float().mean((1, 2, 3))[:, None]
    return images[other].where(hole, images), targets * (1 - covered) + targets[other] * covered


def _kept(count: int, alpha: float, share: float, generator: torch.Generator, device: torch.device) -> Tensor:
    """λ of each image (N,): from Beta(α, α) for a share of them, 1 for the others."""
    if device.type == "mps":  # which cannot draw from gamma distributions
        seed = int(torch.randint(2**31, (1,), generator=generator, device=device).item())
        on_cpu = torch.Generator().manual_seed(seed)
        return _kept(count, alpha, share, on_cpu, torch.device("cpu")).to(device)
    shape = torch.full((2, count), alpha, dtype=torch.float64, device=device)
    one, other = torch._standard_gamma(shape, generator).unbind()
    chosen = torch.rand(count, generator=generator, device=device) < share
    return (one / (one + other)).float().where(chosen, 1.0)


def _within(middle: Tensor, half: Tensor, length: int) -> Tensor:
    """Which pixels lie at most `half` from `middle`, both in shares of the length: (N, length)."""
    centres = (torch.arange(length, device=middle.device) + 0.5) / length
    return (centres - middle).abs() < half


def _probabilities(labels: Tensor, classes: int) -> Tensor:
    """Targets as probabilities (N, classes): labels become one-hot, probabilities are kept."""
    if labels.is_floating_point():
        return labels
    return torch.eye(classes, device=labels.device).index_select(0, labels)
