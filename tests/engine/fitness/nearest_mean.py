"""A network of digits that works without training: it compares with the mean of each class."""

from __future__ import annotations

import torch
from torch import nn

from playground.engine.data.in_memory import load
from playground.engine.weights import Trained
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.mnist import MNIST
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from tests.engine.export.trained import trained

DIGITS = MNIST(train_limit=1000, validation_share=1 / 60)


def nearest_mean(data: Dataset = DIGITS, sharpness: float = 1.0) -> Trained:
    """Logits are −|x − mean|² / 2 times `sharpness`, but for what all classes share: some 80 % are right."""
    found = trained(data, Flatten(), Linear(out_features=10))
    train = load(data).train
    inputs, targets = train.cut(0, len(train))
    rows = inputs.flatten(1)
    means = torch.stack([rows[targets == number].mean(0) for number in range(10)])
    linear = found.network[1]
    assert isinstance(linear, nn.Linear)
    with torch.no_grad():
        linear.weight.copy_(sharpness * means)
        linear.bias.copy_(-sharpness * means.square().sum(1) / 2)
    return found
