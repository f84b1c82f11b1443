"""The drawn forms: on which digits, what they add, where, and what they leave alone."""

import pytest
import torch
from torch import Tensor

from playground.engine.data.augment.handwriting import handwriting

NONE = {"ones": 0.0, "sevens": 0.0, "nines": 0.0, "turned_sixes": 0.0, "redrawn": 0.0}
EVERY = dict.fromkeys(NONE, 1.0)


def seeded(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def stems(n: int, digit: int, height: int = 28, width: int = 28) -> tuple[Tensor, Tensor]:
    """Upright strokes two pixels wide, all labelled alike."""
    images = torch.zeros(n, 1, height, width)
    images[:, :, 1 + height // 10 : -1 - height // 10, width // 2 - 1 : width // 2 + 1] = 1
    return images, torch.full((n,), digit)


def middle_of_mass(images: Tensor) -> Tensor:
    """(n, 2): x and y, in pixels."""
    mass = images.sum((1, 2, 3))
    x = (images.sum((1, 2)) * torch.arange(images.shape[3])).sum(1) / mass
    y = (images.sum((1, 3)) * torch.arange(images.shape[2])).sum(1) / mass
    return torch.stack([x, y], 1)


@pytest.mark.parametrize(("digit", "field"), [(1, "ones"), (7, "sevens"), (9, "nines")])
def test_each_form_goes_onto_its_share_of_its_digit(digit: int, field: str) -> None:
    for label in range(10):
        images, labels = stems(400, label)
        drawn, same = handwriting(images, labels, seeded(), **(NONE | {field: 0.5}))
        changed = (drawn != images).flatten(1).any(1).float().mean()
        assert torch.equal(same, labels)
        assert (0.4 < changed < 0.6) if label == digit else changed == 0


def test_redraws_a_share_of_the_fours_sevens_eights_and_nines() -> None:
    images, _ = stems(1000, 0)
    labels = torch.arange(1000) % 10
    drawn, same = handwriting(images, labels, seeded(), **(NONE | {"redrawn": 0.5}))
    changed = (drawn != images).flatten(1).any(1)
    assert set(labels[changed].tolist()) == {4, 7, 8, 9}
    assert 0.15 < changed.float().mean() < 0.25
    assert torch.equal(same, labels)


def test_a_turned_six_is_a_nine_and_no_other_label_changes() -> None:
    images = torch.rand(10, 1, 28, 28, generator=seeded())
    labels = torch.arange(10)
    turned, new = handwriting(images, labels, seeded(), **(NONE | {"turned_sixes": 1.0}))
    assert new.tolist() == [0, 1, 2, 3, 4, 5, 9, 7, 8, 9]
    assert torch.equal(turned[6], images[6].flip(1, 2))
    others = labels != 6
    assert torch.equal(turned[others], images[others])


@pytest.mark.parametrize(("digit", "field"), [(1, "ones"), (9, "nines")])
def test_flags_and_tails_add_ink_on_the_left(digit: int, field: str) -> None:
    images, labels = stems(100, digit)
    drawn, _ = handwriting(images, labels, seeded(), **(NONE | {field: 1.0}))
    assert (drawn.sum((1, 2, 3)) > images.sum((1, 2, 3))).all()
    # Centred again: the stem itself, the column with most ink, has made way to the right.
    assert (drawn.sum((1, 2)).argmax(1) >= images.sum((1, 2)).argmax(1)).float().mean() > 0.9


def test_a_bar_crosses_a_seven_on_both_sides_of_its_stem() -> None:
    images, labels = stems(100, 7)
    drawn, _ = handwriting(images, labels, seeded(), **(NONE | {"sevens": 1.0}))
    assert (drawn[..., 11].amax((1, 2)) > 0.5).all()
    assert (drawn[..., 16].amax((1, 2)) > 0.5).all()


def test_what_is_drawn_on_is_centred_to_the_nearest_pixel() -> None:
    images, _ = stems(100, 0)
    labels = torch.tensor([1, 4, 7, 8, 9]).repeat(20)
    drawn, _ = handwriting(images.roll(3, 3), labels, seeded(), **EVERY)
    assert (middle_of_mass(drawn) - 13.5).abs().max() < 0.75


def test_the_pen_is_as_wide_as_the_digit() -> None:
    thin, labels = stems(50, 4)
    thick = thin.maximum(thin.roll(1, 3)).maximum(thin.roll(-1, 3))
    ink = [handwriting(images, labels, seeded(), **EVERY)[0].sum().item() for images in (thin, thick)]
    assert ink[1] > 1.5 * ink[0]


def test_a_seed_repeats_and_another_differs() -> None:
    images, labels = stems(20, 1)
    first, _ = handwriting(images, labels, seeded())
    assert torch.equal(first, handwriting(images, labels, seeded())[0])
    assert not torch.equal(first, handwriting(images, labels, seeded(2))[0])


def test_every_image_has_its_own_draw() -> None:
    images, labels = stems(8, 9)
    drawn, _ = handwriting(images, labels, seeded(), **EVERY)
    assert len(torch.unique(drawn.flatten(1), dim=0)) == 8


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize("ink", [0.0, 0.3, 1.0])
def test_a_batch_of_one_with_or_without_ink(digit: int, ink: float) -> None:
    images, labels = torch.zeros(1, 1, 28, 28), torch.tensor([digit])
    images[..., 0, 5] = ink  # one pixel, at the edge
    drawn, _ = handwriting(images, labels, seeded(), **EVERY)
    assert torch.isfinite(drawn).all()
    if ink < 0.4:
        assert torch.equal(drawn, images)


@pytest.mark.parametrize(("height", "width"), [(28, 28), (8, 8), (9, 31), (64, 17)])
def test_keeps_shape_range_and_inputs(height: int, width: int) -> None:
    images, _ = stems(50, 0, height, width)
    labels = torch.arange(50) % 10
    before, labels_before = images.clone(), labels.clone()
    drawn, new = handwriting(images, labels, seeded(), **EVERY)
    assert drawn.shape == images.shape
    assert ((drawn >= 0) & (drawn <= 1)).all()
    assert new.dtype == torch.int64
    assert torch.equal(images, before)
    assert torch.equal(labels, labels_before)
