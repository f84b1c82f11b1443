"""A grid of augmented training images, which shows the effect of the augmentations' settings."""

from __future__ import annotations

from itertools import cycle, islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from playground.engine.data.augment import augmenter
from playground.engine.data.in_memory import Data
from playground.spec.recipe.augmentations import Augmentation

_CANDIDATES = 2000  # first training images, from which those to show are chosen
SIDE = 5  # images in a row and in a column
_COPIES = (1, 4, 1, 1, 3, 1, 3, 4, 3, 4)  # of each digit; more for digits that people write in several forms


def sheet(data: Data, augmentations: tuple[Augmentation, ...], draw: int) -> NDArray[np.float32]:
    """Augmented training images, always the same ones, sorted by class.

    Args:
        draw: seed of a separate generator, so that equal numbers give equal grids and no run is affected.

    Returns:
        Pictures (SIDE², C, H, W) in [0, 1], row by row; where a class is too rare, others are repeated.

    Raises:
        BuildError: one of the augmentations names a function that does not exist.
    """
    images, labels = data.train.cut(0, _CANDIDATES)
    chosen = _chosen(labels)
    generator = torch.Generator(chosen.device).manual_seed(draw)
    images, _ = augmenter(augmentations, _classes(labels))(images[chosen], labels[chosen], generator)
    pictures: NDArray[np.float32] = images.cpu().numpy()
    return pictures


def _classes(labels: Tensor) -> int:
    """The number of classes in labels (N,), or in probabilities (N, classes); meaningless for other targets."""
    return labels.shape[1] if labels.is_floating_point() and labels.dim() == 2 else int(labels.max()) + 1


def _chosen(labels: Tensor) -> Tensor:
    """The indices (SIDE²,) of the images to show: the first ones of each class.

    labels: (N,) int64, or (N, classes) probabilities; for other targets, the first images are shown.
    """
    if labels.dim() == 2 and labels.is_floating_point():
        labels = labels.argmax(1)
    if labels.dim() != 1:
        return torch.arange(SIDE**2, device=labels.device).remainder(len(labels))
    classes = _classes(labels)
    copies = _COPIES if classes == len(_COPIES) else (-(-(SIDE**2) // classes),) * classes
    found: list[int] = []
    for label, count in enumerate(copies):
        found += (labels == label).nonzero()[:count, 0].tolist()
    return torch.tensor(list(islice(cycle(found), SIDE**2)), device=labels.device)
