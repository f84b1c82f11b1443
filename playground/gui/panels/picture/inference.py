"""The answer of a network to a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from playground.gui.panels.digits.inference import ClassProbabilities
from playground.gui.session.network_source import NetworkSource

if TYPE_CHECKING:
    from torch import Tensor, nn

Pixels = npt.NDArray[np.uint8]  # (C, H, W)


def network_input(source: NetworkSource, picture: Pixels) -> Tensor:
    """The input (1, C, H, W) in [0, 1] for a picture (C, H, W) of bytes."""
    import torch

    from playground.engine.data.in_memory import pixels

    return pixels(torch.from_numpy(picture[None]))


def recognise(network: nn.Sequential, source: NetworkSource, picture: Pixels) -> ClassProbabilities:
    """Classify a picture, (C, H, W) bytes; called in the inference thread."""
    from playground.engine.evaluation.evaluate import probabilities

    predicted = probabilities(network, network_input(source, picture), source.experiment.recipe.loss)[0]
    return ClassProbabilities(tuple(predicted.tolist()), source.version, source.trained, picture)
