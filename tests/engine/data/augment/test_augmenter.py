"""The pipeline of augmentations: in order, repeatable, and nothing written to."""

from __future__ import annotations

import torch

from playground.engine.data.augment import augmenter
from playground.engine.data.in_memory import Data, pixels
from playground.spec.recipe.augmentations import Augmentation, Shift


def test_the_same_generator_gives_the_same_images(digits: Data) -> None:
    images, labels = pixels(digits.train.inputs[:8]), digits.train.targets[:8]
    run = augmenter(tuple(member() for member in Augmentation.members()), 10)
    first, again, other = (run(images, labels, torch.Generator().manual_seed(seed))[0] for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_every_augmentation_changes_images_within_bounds_and_writes_to_none(digits: Data) -> None:
    images, labels = pixels(digits.train.inputs[:40]), digits.train.targets[:40].clone()
    for member in Augmentation.members():
        found, kept = augmenter((member(),), 10)(images, labels, torch.Generator().manual_seed(0))
        assert found.shape == images.shape, member
        assert kept.shape == ((40, 10) if member.mixes else labels.shape), member
        assert 0.0 <= float(found.min()) <= float(found.max()) <= 1.0, member
        assert not torch.equal(found, images), member
    assert torch.equal(images, pixels(digits.train.inputs[:40]))
    assert torch.equal(labels, digits.train.targets[:40])


def test_nothing_to_do_gives_back_what_came(digits: Data) -> None:
    run = augmenter((Shift(pixels=0.0),))
    found, _ = run(pixels(digits.train.inputs[:4]), digits.train.targets[:4], torch.Generator())
    torch.testing.assert_close(found, pixels(digits.train.inputs[:4]))
