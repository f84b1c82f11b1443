"""Noise and erasing: how much, where, and in how many images."""

import torch

from playground.engine.data.augment.noise_and_erase import erase, noise


def seeded(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_noise_is_gaussian_with_an_amount_for_each_image() -> None:
    found, _ = noise(torch.full((400, 1, 28, 28), 0.5), torch.zeros(400), seeded(), amount=0.1)
    deviations = found.flatten(1).std(1)
    assert abs(float(found.mean()) - 0.5) < 1e-3
    assert 0.0 <= deviations.min() < 0.002
    assert 0.095 < deviations.max() < 0.107
    assert abs(float(deviations.mean()) - 0.05) < 0.005
    most = found[deviations.argmax()].flatten() - 0.5
    assert 0.63 < (most.abs() < deviations.max()).float().mean() < 0.73  # of a Gaussian: 0.683


def test_erases_one_rectangle_in_a_share_of_the_images() -> None:
    found, _ = erase(torch.ones(2000, 1, 20, 30), torch.zeros(2000), seeded(), share=0.3, area=0.25)
    gone = found[:, 0] == 0
    hit = gone.flatten(1).any(1)
    assert 0.27 < hit.float().mean() < 0.33
    tall, wide = gone[hit].any(2).sum(1), gone[hit].any(1).sum(1)
    covered = gone[hit].sum((1, 2))
    assert torch.equal(covered, tall * wide)
    # The sides are rounded to whole pixels.
    assert 0.01 < (covered / 600).min() < 0.03
    assert 0.23 < (covered / 600).max() < 0.28
    assert abs(float((covered / 600).mean()) - 0.135) < 0.01


def test_what_is_erased_may_lie_anywhere() -> None:
    found, _ = erase(torch.ones(3000, 1, 12, 12), torch.zeros(3000), seeded(), share=1.0, area=0.1)
    often = (found[:, 0] == 0).float().mean(0)
    assert often.min() > 0
    torch.testing.assert_close(often, often.flip(0), atol=0.03, rtol=0)
    torch.testing.assert_close(often, often.flip(1), atol=0.03, rtol=0)


def test_all_can_be_erased_and_none() -> None:
    images = torch.ones(50, 1, 9, 9)
    assert torch.equal(erase(images, torch.zeros(50), seeded(), share=0.0)[0], images)
    assert erase(images, torch.zeros(50), seeded(), share=1.0, area=1.0)[0].mean() < 0.8
