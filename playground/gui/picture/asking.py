"""What a network takes a picture for, and how a picture of a person becomes one that it can be given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from playground.engine.pictures import tile
from playground.gui.asking import Source
from playground.gui.drawing.reading import Reading
from playground.spec.dataset import Dataset

if TYPE_CHECKING:
    from torch import nn

Pixels = npt.NDArray[np.uint8]  # (C, H, W)
_LIGHT = 127  # mean of the pixels at the edge, from which on the ground counts as light


def recognise(network: nn.Sequential, source: Source, picture: Pixels) -> Reading:
    """Ask a network about a picture, (C, H, W) bytes; called in the thread that asks."""
    import torch

    from playground.engine.data import pixels
    from playground.engine.evaluate import probabilities

    pictures = pixels(torch.from_numpy(picture[None]))
    shares = probabilities(network, pictures, source.experiment.recipe.loss)[0]
    return Reading(tuple(shares.tolist()), source.version, source.trained)


def fitted(source: Path | bytes, data: Dataset) -> Pixels:
    """A picture file as the data set's pictures are: their size, their colours, and a dark ground where they have one.

    Raises:
        PictureError: it cannot be read.
    """
    channels, side = data.sample_shape[0], data.sample_shape[1]
    found = tile(source, side, channels == 3)
    edge = np.concatenate((found[:, 0], found[:, -1], found[:, :, 0], found[:, :, -1]), axis=1)
    if getattr(data, "on_black", False) and edge.mean() > _LIGHT:
        return 255 - found
    return found
