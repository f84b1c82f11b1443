"""The answer of a network to a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from playground.gui.panels.digits.inference import ClassProbabilities
from playground.gui.session.inference_thread import NetworkSource

if TYPE_CHECKING:
    from torch import nn

Pixels = npt.NDArray[np.uint8]  # (C, H, W)


def recognise(network: nn.Sequential, source: NetworkSource, picture: Pixels) -> ClassProbabilities:
    """Classify a picture, (C, H, W) bytes; called in the inference thread."""
    import torch

    from playground.engine.data.in_memory import pixels
    from playground.engine.evaluation.evaluate import probabilities

    pictures = pixels(torch.from_numpy(picture[None]))
    predicted = probabilities(network, pictures, source.experiment.recipe.loss)[0]
    return ClassProbabilities(tuple(predicted.tolist()), source.version, source.trained, picture)
