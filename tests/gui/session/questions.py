"""A question about a picture, and networks that answer it."""

from __future__ import annotations

import numpy as np
import torch

from playground.engine.build import build
from playground.gui.session.inference_thread import (
    BoundQuestion,
)
from playground.spec.data.dataset import Dataset
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten

EXPERIMENT = Experiment(stack=Stack(layers=(Flatten(), Linear(out_features=10))))
PICTURE = np.full((28, 28), 0.5, np.float32)


def about(content: object, data: Dataset = EXPERIMENT.data) -> BoundQuestion:
    return BoundQuestion(content, data)


def weights_for(digit: int) -> dict[str, torch.Tensor]:
    """Weights of a network that reads the same digit in everything."""
    weights = {name: torch.zeros_like(tensor) for name, tensor in build(EXPERIMENT).state_dict().items()}
    weights["1.bias"][digit] = 9.0
    return weights
