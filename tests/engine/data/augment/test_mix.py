"""Mixing in pairs: images and targets by the same portions, drawn as published."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from playground.engine.data.augment.mix import cutmix, mixup

COUNT = 3000


def seeded(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def marked(height: int = 8, width: int = 12) -> tuple[Tensor, Tensor]:
    """Images of one colour each, so that what is in a pixel says where it comes from."""
    colours = torch.arange(COUNT) / COUNT
    return colours.view(-1, 1, 1, 1).expand(COUNT, 1, height, width).contiguous(), torch.arange(COUNT) % 7


@pytest.mark.parametrize("alpha", [0.2, 1.0, 3.0])
def test_portions_are_of_the_beta_distribution(alpha: float) -> None:
    """Each image is a class of its own."""
    images, _ = marked(1, 1)
    _, targets = mixup(images, torch.arange(COUNT), seeded(), classes=COUNT, alpha=alpha)
    drawn = targets.diagonal()
    assert float(drawn.mean()) == pytest.approx(0.5, abs=0.03)
    assert float(drawn.var()) == pytest.approx(1 / (4 * (2 * alpha + 1)), abs=0.01)
    torch.manual_seed(1)
    expected = torch.distributions.Beta(alpha, alpha).sample((100_000,))
    shares = torch.linspace(0.1, 0.9, 9)
    torch.testing.assert_close(drawn.quantile(shares), expected.quantile(shares), atol=0.05, rtol=0.0)


def test_images_and_targets_are_blended_alike() -> None:
    images = torch.rand(60, 3, 5, 4, generator=seeded(2))
    found, targets = mixup(images, torch.arange(60), seeded(), classes=60, alpha=1.0)
    torch.testing.assert_close(found, torch.einsum("nm,mchw->nchw", targets, images))
    torch.testing.assert_close(targets.sum(1), torch.ones(60))
    assert ((targets > 0).sum(1) <= 2).all()


def test_a_rectangle_comes_from_one_other_image_and_counts_by_its_area() -> None:
    images, _ = marked()
    found, targets = cutmix(images, torch.arange(COUNT), seeded(), classes=COUNT, share=1.0)
    own = (found == images)[:, 0]
    torch.testing.assert_close(own.float().mean((1, 2)), targets.diagonal())
    for number in range(200):
        others = found[number, 0][~own[number]].unique()
        assert len(others) <= 1
        if len(others):
            where = round(float(others[0]) * COUNT)
            assert float(targets[number, where]) == pytest.approx(1 - float(targets[number, number]), abs=1e-6)
            rows, columns = (~own[number]).any(1).sum(), (~own[number]).any(0).sum()
            assert rows * columns == (~own[number]).sum()


def test_rectangles_have_the_area_that_was_drawn_where_nothing_juts_out() -> None:
    """Uniform for an alpha of 1; the middle of one is uniform, so that small ones hardly ever jut out."""
    images, _ = marked(64, 64)
    _, targets = cutmix(images[:2000], torch.arange(2000), seeded(), classes=2000, share=1.0)
    covered = 1 - targets.diagonal()
    assert float((covered < 0.05).float().mean()) == pytest.approx(0.08, abs=0.02)
    # Of a side s in shares of the image, about a uniform place, min(c + s/2, 1) - max(c - s/2, 0) is within.
    side = torch.rand(200_000, generator=seeded(3)).sqrt()
    middle = torch.rand(2, 200_000, generator=seeded(4))
    sides = (middle + side / 2).clamp(max=1) - (middle - side / 2).clamp(min=0)
    assert float(covered.mean()) == pytest.approx(float(sides.prod(0).mean()), abs=0.01)


@pytest.mark.parametrize("mix", [mixup, cutmix])
def test_a_share_is_mixed_and_the_rest_is_left(mix: type) -> None:
    images, labels = marked()
    found, targets = mix(images, labels, seeded(), classes=7, share=0.3, alpha=1.0)
    whole = (found == images).flatten(1).all(1)
    assert 0.65 < whole.float().mean() < 0.78
    assert torch.equal(targets[whole].argmax(1), labels[whole])
    assert (targets[whole].amax(1) == 1).all()


@pytest.mark.parametrize("mix", [mixup, cutmix])
def test_what_is_mixed_can_be_mixed_again(mix: type) -> None:
    images, labels = torch.rand(40, 1, 6, 6), torch.arange(40) % 4
    once = mix(images, labels, seeded(1), classes=4)
    twice, targets = mix(*once, seeded(2), classes=4)
    assert twice.shape == images.shape
    torch.testing.assert_close(targets.sum(1), torch.ones(40))
    assert torch.equal(labels, torch.arange(40) % 4)
    assert mix(images[:1], labels[:1], seeded(), classes=4)[0].equal(images[:1])
