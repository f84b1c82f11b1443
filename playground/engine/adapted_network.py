"""Builds a network that takes over the weights of another one where its layers fit, as for other classes."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from playground.engine.build import BuildError, build
from playground.spec.check.shapes import walk
from playground.spec.experiment import Experiment
from playground.spec.kept_layers import kept_layers
from playground.spec.messages import message


@torch.no_grad()
def adapted(experiment: Experiment, source: Experiment, weights: Mapping[str, Tensor]) -> nn.Sequential:
    """The network of an experiment with copies of the weights that fit, see `kept_layers`; others begin at random.

    Args:
        experiment: what is to be trained.
        source: the experiment of the other network.
        weights: the `state_dict()` of that network.

    Raises:
        BuildError: the network cannot be built, or no layer of the other one fits.
        OutOfMemory: there is not enough memory for it.
    """
    rows = (walk(item.stack, item.data.sample_shape) for item in (source, experiment))
    kept = kept_layers(*rows)
    if not kept.pairs:
        raise BuildError(message("No layer of the trained network has weights that fit this stack."))
    network = build(experiment)
    for old, new in kept.pairs:
        for name, tensor in network[new].state_dict().items():
            tensor.copy_(weights[f"{old}.{name}"])
    return network
