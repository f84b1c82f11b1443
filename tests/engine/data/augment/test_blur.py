"""Blur against torchvision's, and what it promises."""

import torch
from torch import Tensor
from torchvision.transforms.v2 import functional as vision

from playground.engine.data.augment.blur import blur, gaussian


def seeded(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(n: int) -> Tensor:
    """Ink in the middle, so that an edge plays no part."""
    images = torch.zeros(n, 1, 34, 41)
    images[:, :, 14:20, 16:25] = torch.rand(n, 1, 6, 9, generator=seeded())
    return images


def test_agrees_with_torchvision() -> None:
    sigmas = [0.4, 1.0, 2.5]
    found = gaussian(pictures(3), torch.tensor(sigmas))
    for image, sigma, result in zip(pictures(3), sigmas, found, strict=True):
        torch.testing.assert_close(result, vision.gaussian_blur(image, [25, 25], [sigma, sigma]), rtol=1e-4, atol=1e-6)


def test_without_width_nothing_changes() -> None:
    torch.testing.assert_close(gaussian(pictures(2), torch.zeros(2)), pictures(2))


def test_every_image_has_its_own_amount_up_to_the_largest() -> None:
    images = torch.zeros(300, 1, 21, 21)
    images[:, :, 10, 10] = 1
    found, _ = blur(images, torch.zeros(300), seeded(), sigma=1.5)
    peaks = found[:, 0, 10, 10]
    least = gaussian(images[:1], torch.tensor([1.5]))[0, 0, 10, 10]
    assert least <= peaks.min() < 0.1
    assert peaks.max() > 0.99
    torch.testing.assert_close(found.sum((1, 2, 3)), torch.ones(300))
