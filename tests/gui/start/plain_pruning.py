"""Pruning of a network of two dense layers, and its accuracy, in plain torch and numpy."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import Tensor

from playground.engine.data.in_memory import load
from playground.engine.data.spread_subset import spread
from playground.spec.datasets.mnist import MNIST

DATA = MNIST(train_limit=3000, validation_share=0.1)  # 6,000 held out, of which 1,000 count


@cache
def held_out() -> tuple[Tensor, Tensor]:
    """The 1,000 held-out images that count, and their labels."""
    return load(DATA).validation.batch(torch.from_numpy(spread(6000, 1000)))


def accuracy(weights: dict[str, Tensor]) -> float:
    """Of these held-out images, in plain torch."""
    images, labels = held_out()
    hidden = torch.relu(images.flatten(1) @ weights["1.weight"].T + weights["1.bias"])
    answers = hidden @ weights["3.weight"].T + weights["3.bias"]
    return (answers.argmax(1) == labels).double().mean().item()


def smallest_zero(weights: dict[str, Tensor], names: tuple[str, ...], count: int) -> dict[str, Tensor]:
    """The weights, of which the smallest of some tensors are 0."""
    limit = torch.cat([weights[name].abs().flatten() for name in names]).sort().values[count - 1]
    return {
        name: torch.where(tensor.abs() <= limit, 0.0, tensor) if name in names else tensor
        for name, tensor in weights.items()
    }


def without_units(weights: dict[str, Tensor], count: int) -> dict[str, Tensor]:
    """The weights without the hidden units of the smallest norm of all that belongs to them."""
    norms = (
        weights["1.weight"].square().sum(1) + weights["1.bias"].square() + weights["3.weight"].square().sum(0)
    ).sqrt()
    kept = norms.argsort()[count:].sort().values
    return {
        "1.weight": weights["1.weight"][kept],
        "1.bias": weights["1.bias"][kept],
        "3.weight": weights["3.weight"][:, kept],
        "3.bias": weights["3.bias"],
    }


def of_rank(weights: dict[str, Tensor], ranks: dict[str, int]) -> dict[str, Tensor]:
    """The weights, of which some tensors are of lower rank."""
    found = dict(weights)
    for name, rank in ranks.items():
        left, values, right = np.linalg.svd(weights[name].double().numpy(), full_matrices=False)
        found[name] = torch.from_numpy(left[:, :rank] * values[:rank] @ right[:rank]).float()
    return found
