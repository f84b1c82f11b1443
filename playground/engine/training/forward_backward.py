"""The first half of a training step: forward, loss and gradients."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor, nn

from playground.engine.build import trained_parameters
from playground.engine.evaluation.objective import Objective
from playground.engine.evaluation.scores import Scoring
from playground.engine.runtime.memory_layout import alike
from playground.engine.runtime.random_streams import RandomStream


class ForwardBackward:
    """A pass over a batch: the loss, the terms that layers add, the sums of the score, and the gradient of each
    parameter that is trained."""

    def __init__(
        self, network: nn.Sequential, objective: Objective, scoring: Scoring, chance: RandomStream | None
    ) -> None:
        self._network, self._objective, self._scoring, self._chance = network, objective, scoring, chance
        self._parameters = trained_parameters(network)
        self._adding: list[Any] = [module for module in network.modules() if hasattr(module, "extra_loss")]

    @property
    def adds(self) -> bool:
        """Whether layers add to the loss: the sum of it comes behind the loss then."""
        return bool(self._adding)

    def __call__(self, inputs: Tensor, targets: Tensor) -> tuple[Tensor, ...]:
        """Compute loss and gradients of a batch. Gradients have the memory layout of their parameters."""
        with self._chance.drawn() if self._chance else nullcontext():
            outputs = self._network(inputs)
        loss = self._objective(outputs, targets)
        sums = self._scoring(outputs.detach(), targets)
        added = self._added()
        gradients = torch.autograd.grad(sum(added, start=loss), self._parameters)
        extra = [item.detach() for item in added]
        return loss.detach(), *extra, *sums, *map(alike, gradients, self._parameters)

    def _added(self) -> list[Tensor]:
        """The sum that the layers' last pass adds to the loss; an empty list if no layer adds anything."""
        found: list[Tensor] = []
        for module in self._adding:
            if module.extra_loss is not None:
                found.append(module.extra_loss)
                module.extra_loss = None  # else the whole pass would be kept until the next
        return [torch.stack(found).sum()] if found else []

    def state(self) -> list[Tensor]:
        """Weights, buffers and the loss's constants."""
        return [*self._network.parameters(), *self._network.buffers(), *self._objective.constants]
