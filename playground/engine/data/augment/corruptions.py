"""Spoils all pictures of a batch by the same amount, so that a score can be drawn against that amount.

They are made of the functions of the augmentations. torchvision's take one number for a batch as well, but have
neither thicker strokes nor noise that depends on a sample's number alone, and importing them takes two seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import floor

import torch
from torch import Tensor

from playground.engine.data.augment.blur import gaussian
from playground.engine.data.augment.stroke import dilated
from playground.engine.data.augment.warp import affine
from playground.spec.corruptions import Corruption

_SEED = 20_260_101  # of the noise of the first sample
_GREY = (0.2989, 0.587, 0.114)  # luma of red, green and blue, as torchvision has it (ITU-R BT.601)

# Pictures (N, C, H, W) in [0, 1], the value, and the samples' indices (N) go in; new pictures come out.
Function = Callable[[Tensor, float, Sequence[int]], Tensor]


def corrupted(pictures: Tensor, corruption: Corruption, value: float, indices: Sequence[int]) -> Tensor:
    """Spoil pictures (N, C, H, W) in [0, 1]; the neutral value returns them as they are.

    Outside a picture is 0, as for augmentations. `indices` are the samples' numbers in their part: a sample gets the
    same noise however many are asked about at once.
    """
    if value == corruption.neutral:
        return pictures
    return FUNCTIONS[corruption.id](pictures, value, indices)


def corrupted_targets(targets: Tensor, corruption: Corruption, value: float, classes: int | None) -> Tensor:
    """Move targets that are pictures together with their inputs; all others stay as they are.

    targets: (N, H, W) int64, one of `classes` for each pixel, or (N, C, H, W) float. Outside a picture is class 0.
    """
    if value == corruption.neutral or not corruption.moves or targets.dim() < 3:
        return targets
    indices = range(len(targets))
    if classes is None:
        return corrupted(targets, corruption, value, indices)
    shares = torch.nn.functional.one_hot(targets, classes).permute(0, 3, 1, 2).float()
    return corrupted(shares, corruption, value, indices).argmax(1)


def _moved(
    pictures: Tensor,
    degrees: float = 0.0,
    scale: float = 1.0,
    shear: float = 0.0,
    right: float = 0.0,
    down: float = 0.0,
) -> Tensor:
    settings = (pictures.new_full((len(pictures),), value) for value in (degrees, scale, shear, right, down))
    return affine(pictures, *settings)


def _noisy(pictures: Tensor, value: float, indices: Sequence[int]) -> Tensor:
    """Add Gaussian noise of standard deviation `value`, and clip to [0, 1]."""
    generator, shape = torch.Generator(), pictures.shape[1:]
    fields = [torch.randn(shape, generator=generator.manual_seed(_SEED + index)) for index in indices]
    return (pictures + value * torch.stack(fields).to(pictures.device)).clamp(0, 1)


def _blurred(pictures: Tensor, value: float, _indices: Sequence[int]) -> Tensor:
    return gaussian(pictures, pictures.new_full((len(pictures),), value)).clamp(0, 1)


def _thicker(pictures: Tensor, value: float, _indices: Sequence[int]) -> Tensor:
    """Dilate, below 0 erode, by a 3 × 3 cross for each whole pixel; blend with the next one for the fraction."""
    sign = 1.0 if value > 0 else -1.0
    whole, ink = floor(abs(value)), sign * pictures
    for _ in range(whole):
        ink = dilated(ink)
    return sign * ink.lerp(dilated(ink), abs(value) - whole)


def _contrasted(pictures: Tensor, value: float, _indices: Sequence[int]) -> Tensor:
    """Blend with the mean grey of each picture, as `torchvision.transforms.functional.adjust_contrast` does."""
    grey = pictures
    if pictures.shape[1] == 3:
        grey = (pictures * pictures.new_tensor(_GREY)[:, None, None]).sum(1, keepdim=True)
    mean = grey.mean((1, 2, 3), keepdim=True)
    return (value * pictures + (1 - value) * mean).clamp(0, 1)


FUNCTIONS: dict[str, Function] = {
    "rotation": lambda pictures, value, _: _moved(pictures, degrees=value),
    "shift": lambda pictures, value, _: _moved(pictures, right=value),
    "shift_down": lambda pictures, value, _: _moved(pictures, down=value),
    "scale": lambda pictures, value, _: _moved(pictures, scale=value),
    "shear": lambda pictures, value, _: _moved(pictures, shear=value),
    "noise": _noisy,
    "blur": _blurred,
    "thickness": _thicker,
    "contrast": _contrasted,
}
