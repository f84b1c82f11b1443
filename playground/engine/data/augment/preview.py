"""A sheet of training images as augmentations leave them, so that a person can see what their settings do."""

from __future__ import annotations

from itertools import cycle, islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from playground.engine.data.augment import augmenter
from playground.engine.data.in_memory import Data
from playground.spec.recipe.augmentations import Augmentation

_LOOKED_AT = 2000  # training images among which some are chosen
SIDE = 5  # images in a row and in a column
_COPIES = (1, 4, 1, 1, 3, 1, 3, 4, 3, 4)  # of each digit: more of those that people write in several forms


def sheet(data: Data, augmentations: tuple[Augmentation, ...], draw: int) -> NDArray[np.float32]:
    """Images as a network is given them: always the same of the training images, in the order of their classes.

    Args:
        draw: seeds a generator of the sheet's own, so that equal numbers give equal sheets and no run is touched.

    Returns:
        Pictures (SIDE², C, H, W) in [0, 1], row by row; where a class is too rare, others come more than once.

    Raises:
        BuildError: one of the augmentations names a function that does not exist.
    """
    images, labels = data.train.cut(0, _LOOKED_AT)
    chosen = _chosen(labels)
    generator = torch.Generator(chosen.device).manual_seed(draw)
    images, _ = augmenter(augmentations, _classes(labels))(images[chosen], labels[chosen], generator)
    pictures: NDArray[np.float32] = images.cpu().numpy()
    return pictures


def _classes(labels: Tensor) -> int:
    """How many classes there are among labels (N,), or of probabilities (N, classes); else of no account."""
    return labels.shape[1] if labels.is_floating_point() and labels.dim() == 2 else int(labels.max()) + 1


def _chosen(labels: Tensor) -> Tensor:
    """The indices (SIDE²,) of the images to show: the first of each class.

    labels: (N,) int64, or (N, classes) probabilities; of anything else the first images of all are shown.
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
