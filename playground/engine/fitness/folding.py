"""Divides the logits of a network by a temperature without a new layer: in the weights that give them."""

from __future__ import annotations

from copy import deepcopy

import torch
from torch import nn

from playground.spec.experiment import Experiment
from playground.spec.messages import Message, PlaygroundError, message, tr_noop
from playground.spec.recipe.output_activations import SOFTMAX

_ORDERS = (nn.Flatten, nn.Unflatten, nn.Dropout, nn.Identity)  # which change no number of an answer


class CannotFold(PlaygroundError):
    """The temperature of a network cannot be written into its weights."""


def why_not_folded(network: nn.Sequential, experiment: Experiment) -> Message | None:
    """Why `with_temperature` would refuse this network; None where it takes it."""
    if experiment.data.task.classes is None:
        return message("its answers are numbers, which have no confidence")
    if experiment.recipe.loss.output_activation != SOFTMAX:
        words = tr_noop("{loss} makes no logits for softmax of its outputs")
        return message(words, loss=message(experiment.recipe.loss.label))
    if _last(network) is None:
        return message("its last layer is not a Linear or a Conv2d without activation, which would give the logits")
    return None


def with_temperature(network: nn.Sequential, experiment: Experiment, temperature: float) -> nn.Sequential:
    """A copy of a network whose logits are divided by a temperature above 0, in its last weights and bias.

    Its answers stay the same but for ties; only their confidences change.

    Raises:
        CannotFold: its last layer does not give the logits.
        ValueError: the temperature is not above 0.
    """
    if not temperature > 0:
        raise ValueError(f"the temperature should be above 0, but is {temperature}")
    if (why := why_not_folded(network, experiment)) is not None:
        words = tr_noop("The temperature cannot be written into this network: {why}.")
        raise CannotFold(message(words, why=why))
    copy = deepcopy(network)
    last = _last(copy)
    assert last is not None
    with torch.no_grad():
        for parameter in last.parameters():
            parameter.div_(temperature)
    return copy


def _last(network: nn.Sequential) -> nn.Module | None:
    """The module that gives the outputs, if it multiplies by weights and adds a bias, and nothing else."""
    for module in reversed(list(network)):
        if isinstance(module, nn.Linear | nn.Conv2d):
            names = {name for name, _ in module.named_parameters()}
            return module if names <= {"weight", "bias"} else None  # another parametrisation is not linear in them
        if not isinstance(module, _ORDERS):
            return None
    return None
