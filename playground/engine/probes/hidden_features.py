"""Outputs of the last hidden layer for samples: the numbers from which the output layer answers."""

from __future__ import annotations

from collections.abc import Generator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from playground.engine.data.in_memory import Subset
from playground.engine.evaluation.evaluate import evaluating
from playground.engine.probes.layer_modules import layer_modules
from playground.spec.experiment import Experiment

MOST_NUMBERS = 8192  # of a sample; of more, each channel's or unit's mean over all places or steps


class HiddenFeatures(NamedTuple):
    """The inputs of the output layer, for N samples."""

    values: npt.NDArray[np.float32]  # (N, D)
    predicted: npt.NDArray[np.int64] | None  # (N,), the greatest output; None where an output is no single vector


def output_layer(experiment: Experiment, network: nn.Sequential) -> nn.Module | None:
    """The first module of the last layer of the stack that learns, counting a container as one; None without any."""
    learning = [
        layer.copies[0][0]
        for layer in layer_modules(experiment, network)
        if len(layer.path) == 1 and any(True for module in layer.copies[0] for _ in module.parameters())
    ]
    return learning[-1] if learning else None


def features_of(
    experiment: Experiment, network: nn.Sequential, inputs: Tensor, step: int | None = None
) -> tuple[Tensor, Tensor]:
    """The features (N, D) of inputs (N, …), and the network's outputs; without layers that learn, the inputs are it.

    `step`: of sequences with features (N, T, D), only those of this step, from 0; None for all of them.

    Runs in evaluation mode; no tensor of the network, no mode and no hook stays changed.
    """
    found = [inputs]
    module = output_layer(experiment, network)
    handle = module.register_forward_pre_hook(lambda _, given: found.append(given[0].clone())) if module else None
    try:
        with evaluating(network):
            outputs = network(inputs.clone())
    finally:
        if handle is not None:
            handle.remove()
    given = found[-1].float()
    if step is not None and given.dim() == 3:
        given = given[:, step]
    if given.dim() == 4 and given[0].numel() > MOST_NUMBERS:
        given = given.mean((2, 3))
    elif given.dim() == 3 and given[0].numel() > MOST_NUMBERS:
        given = given.mean(1)
    return given.flatten(1), outputs


def collect_features(
    network: nn.Sequential, experiment: Experiment, part: Subset, most: int, chunk: int
) -> Generator[None, None, HiddenFeatures]:
    """The features of the first `most` samples of a part, in slices of `chunk` samples.

    Raises:
        ValueError: `part` is empty.
    """
    count = min(most, len(part))
    if not count:
        raise ValueError("there are no samples to ask about")
    features: list[Tensor] = []
    predicted: list[Tensor] = []
    for start in range(0, count, chunk):
        inputs, _ = part.cut(start, min(start + chunk, count))
        values, outputs = features_of(experiment, network, inputs)
        features.append(values.cpu())
        if outputs.dim() == 2:
            predicted.append(outputs.argmax(1).cpu())
        yield None
    answers = torch.cat(predicted).numpy() if predicted else None
    return HiddenFeatures(torch.cat(features).numpy(), answers)
