"""One training step: forward, loss, penalty, gradients, clipping and the optimizer, with nothing needless between."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from inspect import unwrap
from math import isfinite
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from playground.engine.build import BuildError, calls, keywords, run
from playground.engine.chance import Stream
from playground.engine.objective import Objective
from playground.spec.experiment import Experiment
from playground.spec.words import say

# Where torch computes an optimizer's step for all parameters in one kernel.
_FUSED = {
    "Adam": {"cpu", "cuda", "mps"},
    "AdamW": {"cpu", "cuda", "mps"},
    "SGD": {"cpu", "cuda", "mps"},
    "Adagrad": {"cpu"},
}


class Outcome(NamedTuple):
    """What a step found before it changed anything."""

    loss: float  # data part, mean over the batch
    penalty: float
    correct: int

    @property
    def finite(self) -> bool:
        """Whether the step was made: with a loss that is no finite number it is not."""
        return isfinite(self.loss + self.penalty)


class Learner:
    """Trains a network batch by batch, and can go back to the last weights whose loss was a finite number.

    Chance in the network (Dropout) is drawn from a stream of its own, so that a run's bits do not depend on what
    else uses torch's global generator, nor does the run disturb it. On a GPU the device's generator is used as it is.
    """

    def __init__(self, experiment: Experiment, network: nn.Sequential, chance: int) -> None:
        """`chance` seeds the Dropout layers.

        Raises:
            BuildError: the network has nothing to learn.
        """
        self.network = network
        self._parameters = list(network.parameters())
        if not self._parameters:
            raise BuildError(say("No layer of this network has weights: there is nothing to train."))
        device = self._parameters[0].device
        self.objective = Objective(experiment.recipe.loss, experiment.data.classes, device)
        # Weight matrices and filters; biases and the scales of norms have one dimension.
        self._weights = [index for index, parameter in enumerate(self._parameters) if parameter.ndim > 1]
        self._l1, self._l2 = experiment.recipe.regularizer.strengths
        self._clip_norm = experiment.recipe.clip_norm
        self._optimizer = _optimizer(experiment, self._parameters, device)
        # The step itself, without what torch.optim wraps around it for profilers, hooks and compilers.
        self._advance: Callable[[torch.optim.Optimizer], Any] = unwrap(type(self._optimizer).step)
        self._state = [tensor.detach() for tensor in network.state_dict().values()]
        self._kept = [tensor.clone() for tensor in self._state]
        self._verified = [tensor.clone() for tensor in self._state]
        drops = any(isinstance(module, nn.Dropout) for module in network)
        self._chance = Stream(chance) if drops and device.type == "cpu" else None

    def learn(self, images: Tensor, labels: Tensor, learning_rate: float) -> Outcome:
        """Learn from a batch (N, C, H, W), (N,); where the loss is no finite number nothing is learned."""
        with self._chance.drawn() if self._chance else nullcontext():
            outputs = self.network(images)
        loss = self.objective(outputs, labels)
        outcome = Outcome(loss.item(), self._penalty(), int((outputs.argmax(1) == labels).sum().item()))
        if outcome.finite:
            self._keep()
            self._move(torch.autograd.grad(loss, self._parameters), learning_rate)
        return outcome

    def adopt(self, old: Experiment, new: Experiment) -> None:
        """Go on with the settings of `new`, which differs from `old` in live fields only."""
        group = self._optimizer.param_groups[0]
        group.update(keywords(new.recipe.optimizer.call()))
        for parameter in self._parameters:
            _fit_momentum(self._optimizer.state[parameter], parameter, group)
        self._l1, self._l2 = new.recipe.regularizer.strengths
        for module, before, after in zip(self.network, calls(old), calls(new), strict=True):
            for name, value in set(after.kwargs) - set(before.kwargs):
                setattr(module, name, value)

    def verify(self) -> bool:
        """Whether all weights are finite numbers; if so they are remembered as such."""
        if not _all_finite(self._state):
            return False
        _copy(self._state, self._verified)
        return True

    def restore(self) -> None:
        """Go back to the last weights with which the loss was a finite number.

        An infinite weight can hide behind an activation from the loss; then to the last that were verified.
        """
        _copy(self._kept if _all_finite(self._kept) else self._verified, self._state)

    def _keep(self) -> None:
        _copy(self._state, self._kept)

    def _penalty(self) -> float:
        """l1 · Σ|w| + l2/2 · Σw²."""
        if not (self._l1 or self._l2):
            return 0.0
        total = 0.0
        for index in self._weights:
            weight = self._parameters[index].detach().flatten()
            if self._l1:
                total += self._l1 * weight.abs().sum().item()
            if self._l2:
                total += self._l2 / 2.0 * torch.dot(weight, weight).item()
        return total

    def _move(self, gradients: tuple[Tensor, ...], learning_rate: float) -> None:
        if self._l1 or self._l2:
            self._charge(gradients)
        for parameter, gradient in zip(self._parameters, gradients, strict=True):
            # Fused optimizers go through the memory of both side by side.
            same = gradient.stride() == parameter.stride()
            parameter.grad = gradient if same else torch.empty_like(parameter).copy_(gradient)
        if self._clip_norm:
            nn.utils.clip_grad_norm_(self._parameters, self._clip_norm)
        self._optimizer.param_groups[0]["lr"] = learning_rate
        with torch.no_grad():
            self._advance(self._optimizer)
        for parameter in self._parameters:
            parameter.grad = None  # the next gradients take the same memory, which is still in the cache

    def _charge(self, gradients: tuple[Tensor, ...]) -> None:
        """Add the penalty's gradient, l1 · sign(w) + l2 · w, in place."""
        for index in self._weights:
            weight = self._parameters[index].detach()
            if self._l2:
                gradients[index].add_(weight, alpha=self._l2)
            if self._l1:
                gradients[index].add_(weight.sign(), alpha=self._l1)


def warm_up() -> None:
    """Make torch import what it imports at the first optimizer only (`torch._dynamo`, two seconds), and its kernels."""
    weight = torch.zeros(2, requires_grad=True)
    optimizer = torch.optim.Adam([weight], fused=True)
    weight.grad = torch.zeros(2)
    optimizer.step()


def _optimizer(experiment: Experiment, parameters: list[nn.Parameter], device: torch.device) -> torch.optim.Optimizer:
    call = experiment.recipe.optimizer.call()
    fused = {"fused": True} if device.type in _FUSED.get(call.name, ()) else {}
    optimizer: torch.optim.Optimizer = run(call, parameters, **fused)
    return optimizer


def _fit_momentum(state: dict[str, Any], parameter: Tensor, group: dict[str, Any]) -> None:
    """Begin momentum at rest where it is switched on in mid-run, and forget it where it is switched off."""
    if not group.get("momentum"):
        state.pop("momentum_buffer", None)
    elif state and "square_avg" in state:  # RMSprop makes its buffer in the first step only
        state.setdefault("momentum_buffer", torch.zeros_like(parameter))


def _all_finite(tensors: list[Tensor]) -> bool:
    return all(bool(tensor.isfinite().all()) for tensor in tensors)


@torch.no_grad()
def _copy(source: list[Tensor], target: list[Tensor]) -> None:
    torch._foreach_copy_(target, source)  # in one call, for there is one each step
