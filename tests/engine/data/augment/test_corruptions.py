"""Each corruption against a computation with numpy, scipy or Pillow; the neutral value changes no bit."""

from __future__ import annotations

from math import radians

import numpy as np
import numpy.typing as npt
import pytest
import torch
from PIL import Image, ImageEnhance
from scipy import ndimage
from torch import Tensor

from playground.engine.data.augment.corruptions import FUNCTIONS, corrupted, corrupted_targets
from playground.spec.corruptions import CORRUPTIONS, Corruption, corruptions_of
from playground.spec.datasets.clutter import ClutteredMNIST
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.points import Points
from playground.spec.files.presets import preset

NAMED = {item.id: item for item in CORRUPTIONS}
SIDE = 28
GREY = torch.rand(3, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(1))
COLOURS = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(2))


def spoiled(name: str, value: float, pictures: Tensor = GREY) -> npt.NDArray[np.float32]:
    return corrupted(pictures, NAMED[name], value, range(len(pictures))).numpy()


def resampled(matrix: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """`GREY` after x, y → `matrix` · (x, y) about its middle, y down, bilinear and 0 outside, by scipy."""
    inverse = np.linalg.inv(matrix)[::-1, ::-1]  # from output to input, in rows and columns
    middle = np.full(2, (SIDE - 1) / 2)
    moved = [
        ndimage.affine_transform(
            picture[0], inverse, middle - inverse @ middle, order=1, mode="grid-constant", prefilter=False
        )
        for picture in GREY.numpy()
    ]
    return np.stack(moved)[:, None]


@pytest.mark.parametrize("corruption", CORRUPTIONS, ids=lambda item: item.id)
def test_the_neutral_value_changes_no_bit(corruption: Corruption) -> None:
    assert set(FUNCTIONS) == set(NAMED)
    assert torch.equal(corrupted(GREY, corruption, corruption.neutral, range(3)), GREY)
    before = GREY.clone()
    for value in (corruption.low, corruption.high):
        found = corrupted(GREY, corruption, value, range(3))
        assert found.shape == GREY.shape
        assert 0 <= found.min() <= found.max() <= 1
        assert value == corruption.neutral or not torch.equal(found, GREY)
    assert torch.equal(GREY, before)


@pytest.mark.parametrize("corruption", CORRUPTIONS, ids=lambda item: item.id)
def test_the_values_reach_from_end_to_end_through_the_neutral_one(corruption: Corruption) -> None:
    for values in (corruption.values(28), corruption.slider_values(28)):
        assert corruption.neutral in values
        assert (values[0], values[-1]) == (corruption.low, corruption.high)
        assert np.diff(values) == pytest.approx(np.diff(values)[0], abs=1e-5)
    assert 9 <= len(corruption.values(28)) <= 17
    assert set(corruption.values(28)) <= set(corruption.slider_values(28))
    assert corruption.values(224)[-1] == (8 if corruption.in_pixels else 1) * corruption.high


def test_a_quarter_turn_is_numpys() -> None:
    assert spoiled("rotation", 90.0) == pytest.approx(np.rot90(GREY.numpy(), -1, (2, 3)), abs=1e-5)  # clockwise
    assert spoiled("rotation", -90.0, COLOURS) == pytest.approx(np.rot90(COLOURS.numpy(), 1, (2, 3)), abs=1e-5)


def test_turning_scaling_and_slanting_are_scipys() -> None:
    cosine, sine = np.cos(radians(33)), np.sin(radians(33))
    assert spoiled("rotation", 33.0) == pytest.approx(resampled(np.array([[cosine, -sine], [sine, cosine]])), abs=1e-4)
    assert spoiled("scale", 0.6) == pytest.approx(resampled(np.diag([0.6, 0.6])), abs=1e-4)
    assert spoiled("scale", 1.5) == pytest.approx(resampled(np.diag([1.5, 1.5])), abs=1e-4)
    assert spoiled("shear", 0.45) == pytest.approx(resampled(np.array([[1.0, 0.45], [0.0, 1.0]])), abs=1e-4)


def test_shifts_by_whole_pixels_are_slices() -> None:
    right, up = np.zeros_like(GREY.numpy()), np.zeros_like(GREY.numpy())
    right[..., 5:], up[..., :-3, :] = GREY[..., :-5], GREY[..., 3:, :]
    assert spoiled("shift", 5.0) == pytest.approx(right, abs=1e-5)
    assert spoiled("shift_down", -3.0) == pytest.approx(up, abs=1e-5)


def test_noise_has_its_deviation_and_stays_with_its_sample() -> None:
    grey = torch.full((40, 1, SIDE, SIDE), 0.5)
    found = spoiled("noise", 0.1, grey) - 0.5
    assert found.std() == pytest.approx(0.1, rel=0.02)
    assert abs(found.mean()) < 0.002
    assert spoiled("noise", 0.2, grey) - 0.5 == pytest.approx(np.clip(2 * found, -0.5, 0.5), abs=1e-6)
    alone = corrupted(grey[7:8], NAMED["noise"], 0.1, [7]).numpy() - 0.5
    assert np.array_equal(alone[0], found[7])


def test_blur_is_scipys_gaussian() -> None:
    expected = ndimage.gaussian_filter(GREY.numpy(), 1.5, mode="constant", truncate=18, axes=(2, 3))
    assert spoiled("blur", 1.5) == pytest.approx(expected, abs=1e-5)


def test_thickness_is_scipys_dilation_and_erosion() -> None:
    cross = ndimage.generate_binary_structure(2, 1)[None, None]
    grey = GREY.numpy()
    once = ndimage.grey_dilation(grey, footprint=cross, mode="nearest")
    twice = ndimage.grey_dilation(once, footprint=cross, mode="nearest")
    assert np.array_equal(spoiled("thickness", 2.0), twice)
    assert spoiled("thickness", 1.25) == pytest.approx(0.75 * once + 0.25 * twice, abs=1e-6)
    thin = ndimage.grey_erosion(grey, footprint=cross, mode="nearest")
    assert spoiled("thickness", -0.5) == pytest.approx((grey + thin) / 2, abs=1e-6)


@pytest.mark.parametrize("pictures", [GREY, COLOURS], ids=["grey", "colours"])
@pytest.mark.parametrize("value", [0.0, 0.3, 1.75])
def test_contrast_is_pillows(pictures: Tensor, value: float) -> None:
    bytes_ = (pictures * 255).round().byte()
    found = spoiled("contrast", value, bytes_ / 255)
    for picture, given in zip(bytes_.numpy(), found, strict=True):
        image = Image.fromarray(picture[0] if len(picture) == 1 else np.ascontiguousarray(picture.transpose(1, 2, 0)))
        expected = np.asarray(ImageEnhance.Contrast(image).enhance(value)) / 255
        shown = given[0] if len(given) == 1 else given.transpose(1, 2, 0)
        assert shown == pytest.approx(expected, abs=2 / 255)  # Pillow rounds the mean and each pixel


def test_targets_that_are_pictures_move_with_their_inputs() -> None:
    masks = (GREY[:, 0] > 0.5).long()
    turned = corrupted_targets(masks, NAMED["rotation"], 90.0, 2)
    assert np.array_equal(turned.numpy(), np.rot90(masks.numpy(), -1, (1, 2)))
    assert corrupted_targets(masks, NAMED["blur"], 2.0, 2) is masks
    labels = torch.tensor([3, 1, 2])
    assert corrupted_targets(labels, NAMED["rotation"], 90.0, 10) is labels
    found = corrupted_targets(GREY, NAMED["rotation"], 30.0, None)
    assert torch.equal(found, corrupted(GREY, NAMED["rotation"], 30.0, range(3)))


def test_only_what_suits_the_samples_is_offered() -> None:
    assert corruptions_of(MNIST()) == CORRUPTIONS
    assert {item.id for item in CORRUPTIONS} - {item.id for item in corruptions_of(ClutteredMNIST())} == {"thickness"}
    assert corruptions_of(Points()) == ()
    assert corruptions_of(preset("iris").experiment.data) == ()
    assert corruptions_of(preset("shakespeare-lstm").experiment.data) == ()
