"""The sheet shows digits of many forms, plain or augmented, the same for the same draw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from playground.engine.data.augment.preview import SIDE, sheet
from playground.engine.data.in_memory import Data, InputTargetPairs, pixels
from playground.spec.recipe.augmentations import Augmentation, Handwriting, Rotate


def test_without_augmentations_the_digits_are_those_of_the_data(digits: Data) -> None:
    shown = sheet(digits, (), 0)
    assert shown.shape == (SIDE**2, 1, 28, 28)
    assert shown.dtype == np.float32
    labels = []
    for (picture,) in shown:
        (found,) = (pixels(digits.train.inputs)[:, 0] == torch.from_numpy(picture)).all(2).all(1).nonzero()
        labels.append(int(digits.train.targets[found]))
    assert labels == sorted(labels)
    assert set(labels) == set(range(10))
    assert all(labels.count(label) >= 3 for label in (1, 4, 6, 7, 8, 9))


def test_every_augmentation_can_be_seen_and_each_draw_is_another(digits: Data) -> None:
    plain = sheet(digits, (), 0)
    for member in Augmentation.members():
        first, again, other = (sheet(digits, (member(),), draw) for draw in (1, 1, 2))
        assert np.array_equal(first, again), member
        assert not np.array_equal(first, other), member
        assert not np.array_equal(first, plain), member


def test_handwriting_forms_show_on_more_than_one_digit(digits: Data) -> None:
    changed = np.abs(sheet(digits, (Handwriting(),), 0) - sheet(digits, (), 0)).max((1, 2, 3)) > 0.1
    assert changed.sum() >= 5


def test_few_digits_come_more_than_once(digits: Data) -> None:
    few = replace(digits, train=InputTargetPairs(digits.train.inputs[:2], digits.train.targets[:2]))
    assert len(np.unique(sheet(few, (), 0), axis=0)) == 2


def test_of_many_classes_and_of_colours_something_is_shown(digits: Data) -> None:
    colours = torch.randint(0, 256, (60, 3, 9, 9), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    for classes in (2, 26, 60):
        labels = torch.arange(60) % classes
        few = replace(digits, train=InputTargetPairs(colours, labels))
        plain = sheet(few, (), 0)
        assert plain.shape == (SIDE**2, 3, 9, 9)
        assert len(np.unique(plain, axis=0)) == SIDE**2
        for member in Augmentation.members():
            assert not np.array_equal(sheet(few, (member(),), 0), plain), member


def test_nothing_else_is_touched(digits: Data) -> None:
    images, chance = digits.train.inputs.clone(), torch.get_rng_state()
    sheet(digits, (Rotate(), Handwriting()), 3)
    assert torch.equal(digits.train.inputs, images)
    assert torch.equal(torch.get_rng_state(), chance)
