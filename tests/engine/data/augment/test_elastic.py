"""Elastic distortion against torchvision's resampling, and how far it bends."""

import math

import torch
from torch import Tensor
from torchvision.transforms.v2 import functional as vision

from playground.engine.data.augment.elastic import displaced, elastic


def seeded(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(n: int, height: int = 28, width: int = 28) -> Tensor:
    return torch.rand(n, 1, height, width, generator=seeded(7))


def test_agrees_with_torchvision() -> None:
    images, field = pictures(3, 20, 33), torch.randn(3, 2, 20, 33, generator=seeded()) * 2
    found = displaced(images, field)
    for image, shift, result in zip(images, field, found, strict=True):
        halves = torch.stack([shift[0] * 2 / 33, shift[1] * 2 / 20], 2)  # in half widths and half heights
        torch.testing.assert_close(result, vision.elastic(image, halves[None]), rtol=1e-4, atol=1e-5)


def test_an_even_field_moves_the_image() -> None:
    images, field = pictures(1), torch.zeros(1, 2, 28, 28)
    field[:, 0], field[:, 1] = 3, -2  # fetched from the right and from above: it moves left and down
    torch.testing.assert_close(displaced(images, field)[..., 2:, :-3], images[..., :-2, 3:])


def test_bends_as_far_as_the_paper_says() -> None:
    """A Gaussian leaves 1 / (2 σ √π) of the deviation of uniform noise, which is 1 / √3."""
    ramp = (torch.arange(28.0) / 27).expand(400, 1, 28, 28)
    found, _ = elastic(ramp, torch.zeros(400), seeded(), alpha=34.0, sigma=4.0)
    moved = (found - ramp)[:, 0, 14, 14] * 27
    assert math.isclose(float(moved.std()), 34 / math.sqrt(3) / (8 * math.sqrt(math.pi)), rel_tol=0.1)
    assert abs(float(moved.mean())) < 0.2


def test_without_strength_nothing_changes() -> None:
    torch.testing.assert_close(elastic(pictures(2), torch.zeros(2), seeded(), alpha=0.0)[0], pictures(2))
