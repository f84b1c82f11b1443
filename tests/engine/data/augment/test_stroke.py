"""Stroke width: what gets thicker or thinner, by how much at most, and what stays."""

import pytest
import torch
from torch import Tensor

from playground.engine.data.augment.stroke import stroke


def seeded(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def bars(n: int, wide: int = 3) -> tuple[Tensor, Tensor]:
    images = torch.zeros(n, 1, 28, 28)
    images[:, :, 4:24, 12 : 12 + wide] = 1
    return images, torch.ones(n, dtype=torch.int64)


def test_share_is_split_between_thicker_and_thinner() -> None:
    images, labels = bars(2000)
    changed, _ = stroke(images, labels, seeded(), share=0.5)
    ink, before = changed.sum((1, 2, 3)), images.sum((1, 2, 3))
    assert 0.2 < (ink > before).float().mean() < 0.3
    assert 0.2 < (ink < before).float().mean() < 0.3


def test_thickening_adds_at_most_a_pixel_around() -> None:
    images, labels = bars(200)
    changed, _ = stroke(images, labels, seeded(), share=1.0, thin=0.0)
    widest = changed.amax(0)[0]
    assert (widest[14, 11:16] > 0.95).all()
    assert widest[14, :11].max() == 0
    assert widest[:3].max() == 0


def test_thinning_keeps_a_thin_stroke() -> None:
    images, labels = bars(200, wide=1)
    changed, _ = stroke(images, labels, seeded(), share=1.0, thicken=0.0, thin=0.9)
    assert torch.equal(changed, images)


def test_a_faint_image_becomes_bright_and_an_empty_one_stays_empty() -> None:
    images, labels = bars(2)
    images[0] *= 0.25
    images[1] = 0
    changed, _ = stroke(images, labels, seeded(), share=0.0)
    assert changed[0].max() == 1
    assert changed[1].max() == 0


def test_a_seed_repeats_and_another_differs() -> None:
    images, labels = bars(8)
    first, _ = stroke(images, labels, seeded())
    assert torch.equal(first, stroke(images, labels, seeded())[0])
    assert not torch.equal(first, stroke(images, labels, seeded(2))[0])


@pytest.mark.parametrize("shape", [(1, 28, 28), (5, 8, 8), (2, 9, 31)])
def test_keeps_shape_range_labels_and_inputs(shape: tuple[int, int, int]) -> None:
    images = torch.rand(shape[0], 1, *shape[1:], generator=seeded())
    labels, before = torch.arange(shape[0]), images.clone()
    changed, same = stroke(images, labels, seeded(), share=1.0, thin=0.9)
    assert changed.shape == images.shape
    assert ((changed >= 0) & (changed <= 1)).all()
    assert torch.equal(images, before)
    assert torch.equal(same, labels)
    assert same is not labels
