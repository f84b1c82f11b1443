"""Runs the augmentations of a recipe, one after another, on whole batches.

They are our own because torchvision's transforms draw one setting for a whole batch, and from no generator: image by
image they take 23 (blur) to 35 times (warp) as long, and their import delays the first step by two seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from torch import Generator, Tensor

from playground.engine.build import keywords, resolve
from playground.spec.recipe.augmentations import Augmentation, pipeline

# Images (N, 1, H, W) in [0, 1], labels (N,) and a generator go in; new images and labels, or probabilities
# (N, classes) where images are mixed, come out.
Augmenter = Callable[[Tensor, Tensor, Generator], tuple[Tensor, Tensor]]


def augmenter(augmentations: tuple[Augmentation, ...], classes: int | None = None) -> Augmenter:
    """The augmentations as one function, which does not modify its arguments.

    Args:
        classes: the number of classes; only needed where images are mixed.

    Raises:
        BuildError: one of them names a function that does not exist.
    """
    steps = [partial(resolve(call), **keywords(call)) for call in pipeline(augmentations, classes)]

    def run(images: Tensor, labels: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        for step in steps:
            images, labels = step(images, labels, generator)
        return images, labels

    return run
