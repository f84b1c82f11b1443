"""Flipping: which images, and how."""

import torch

from playground.engine.data.augment.flip import flip


def test_a_share_is_mirrored_left_to_right() -> None:
    images = torch.rand(1000, 3, 4, 6, generator=torch.Generator().manual_seed(2))
    found, labels = flip(images, torch.arange(1000), torch.Generator().manual_seed(1), share=0.3)
    kept = (found == images).flatten(1).all(1)
    turned = (found == images.flip(-1)).flatten(1).all(1)
    assert torch.all(kept ^ turned)
    assert 0.26 < turned.float().mean() < 0.34
    assert torch.equal(labels, torch.arange(1000))


def test_all_and_none() -> None:
    images = torch.rand(20, 1, 5, 5)
    generator = torch.Generator().manual_seed(1)
    assert torch.equal(flip(images, torch.zeros(20), generator, share=1.0)[0], images.flip(-1))
    assert torch.equal(flip(images, torch.zeros(20), generator, share=0.0)[0], images)
