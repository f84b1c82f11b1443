"""The affine warp against torchvision's, and what every augmentation promises."""

import math

import pytest
import torch
from torch import Tensor
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as vision

from playground.engine.data.augment.warp import affine, warp

ALL = {"degrees": 15.0, "scale": 0.15, "shear": 0.25, "shift": 2.0}


def pictures(n: int, height: int = 28, width: int = 28) -> Tensor:
    return torch.rand(n, 1, height, width, generator=torch.Generator().manual_seed(7))


def seeded(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize(
    ("degrees", "scale", "slant", "right", "down"),
    [
        (0.0, 1.0, 0.0, 2.0, -3.0),
        (30.0, 1.0, 0.0, 0.0, 0.0),
        (0.0, 1.3, 0.0, 0.0, 0.0),
        (0.0, 1.0, 0.4, 0.0, 0.0),
        (-20.0, 0.8, 0.3, 1.5, 2.25),
    ],
)
@pytest.mark.parametrize("size", [(28, 28), (20, 33)])
def test_agrees_with_torchvision(
    size: tuple[int, int], degrees: float, scale: float, slant: float, right: float, down: float
) -> None:
    images = pictures(2, *size)
    settings = [torch.full((2,), v) for v in (degrees, scale, slant, right, down)]
    expected = vision.affine(
        images,
        angle=degrees,
        translate=[right, down],
        scale=scale,
        shear=[-math.degrees(math.atan(slant)), 0.0],
        interpolation=InterpolationMode.BILINEAR,
    )
    torch.testing.assert_close(affine(images, *settings), expected, atol=1e-4, rtol=0)


def test_nothing_asked_for_is_nothing_done() -> None:
    images = pictures(3)
    warped, _ = warp(images, torch.arange(3), seeded())
    torch.testing.assert_close(warped, images, atol=1e-5, rtol=0)


def test_a_seed_repeats_and_another_differs() -> None:
    images, labels = pictures(4), torch.arange(4)
    first, _ = warp(images, labels, seeded(), **ALL)
    assert torch.equal(first, warp(images, labels, seeded(), **ALL)[0])
    assert not torch.equal(first, warp(images, labels, seeded(2), **ALL)[0])


def test_every_image_has_its_own_draw() -> None:
    images = pictures(1).expand(8, 1, 28, 28)
    warped, _ = warp(images, torch.zeros(8, dtype=torch.int64), seeded(), **ALL)
    assert len(torch.unique(warped.flatten(1), dim=0)) == 8


def test_shift_stays_within_its_bound() -> None:
    images = torch.zeros(200, 1, 28, 28)
    images[:, :, 14, 14] = 1
    warped, _ = warp(images, torch.zeros(200, dtype=torch.int64), seeded(), shift=3.0)
    x = (warped.sum((1, 2)) * torch.arange(28)).sum(1) - 14
    y = (warped.sum((1, 3)) * torch.arange(28)).sum(1) - 14
    for moved in (x, y):
        assert 2.8 < moved.max() <= 3.001
        assert -3.001 <= moved.min() < -2.8


@pytest.mark.parametrize("shape", [(1, 28, 28), (5, 8, 8), (2, 9, 31)])
def test_keeps_shape_range_labels_and_inputs(shape: tuple[int, int, int]) -> None:
    images, labels = pictures(*shape), torch.arange(shape[0])
    before = images.clone()
    warped, same = warp(images, labels, seeded(), **ALL)
    assert warped.shape == images.shape
    assert ((warped >= 0) & (warped <= 1)).all()
    assert torch.equal(images, before)
    assert torch.equal(same, labels)
    assert same is not labels
