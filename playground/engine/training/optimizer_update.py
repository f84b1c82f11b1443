"""The optimizer's part of a step: adds the penalty's gradients, clips, and updates the weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import unwrap
from typing import Any

import torch
from torch import Tensor, nn

from playground.engine.build import keywords, resolve, run, trained_parameters
from playground.engine.runtime.memory_layout import flat
from playground.engine.training.penalty import Penalty
from playground.spec.experiment import Experiment
from playground.spec.recipe.optimizers import Optimizer


class OptimizerUpdate:
    """One step of the optimizer along the gradients, the penalty's added to them, and all clipped.

    Where the optimizer treats every number by itself, it is given flat views of the memory of weights and gradients:
    torch's fused kernels copy each tensor that is not contiguous, there and back, two to five times as long.
    """

    def __init__(self, experiment: Experiment, network: nn.Module) -> None:
        self._parameters = trained_parameters(network)
        self._clip_norm = experiment.recipe.clip_norm
        self._flats = [flat(parameter.detach()) for parameter in self._parameters]
        grouped = experiment.recipe.optimizer.grouping is not None
        self._leaves: Sequence[Tensor] = self._parameters if grouped else self._flats
        self.penalty = Penalty(experiment, self._parameters)
        self.optimizer = _optimizer(experiment, network, self._leaves)
        # The step itself, without what torch.optim wraps around it for profilers, hooks and compilers.
        self._advance: Callable[[torch.optim.Optimizer], Any] = unwrap(type(self.optimizer).step)
        self._counted = False

    @torch.no_grad()
    def __call__(self, *arguments: Any) -> tuple[Tensor, ...]:
        """Update the weights. The arguments are the gradients, which are changed in place, and the learning rate."""
        *gradients, rate = arguments
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        flats = [flat(gradient) for gradient in gradients]
        self.penalty.charge(flats)
        for leaf, gradient in zip(self._leaves, gradients if self._leaves is self._parameters else flats, strict=True):
            leaf.grad = gradient
        if self._clip_norm:
            nn.utils.clip_grad_norm_(self._leaves, self._clip_norm)
        self.penalty.decay(rate)
        self._advance(self.optimizer)
        self.penalty.confine()
        for leaf in self._leaves:
            leaf.grad = None  # the next gradients take the same memory, which is still in the cache
        if not self._counted:
            self._count_together()
        return ()

    def _count_together(self) -> None:
        """Let the parameters' counters of steps be elements of one tensor, so that one kernel advances them all."""
        self._counted = True
        states = [state for state in self.optimizer.state.values() if isinstance(state.get("step"), Tensor)]
        if states:
            together = torch.stack([state["step"] for state in states])
            for state, step in zip(states, together, strict=True):
                state["step"] = step

    def state(self) -> list[Tensor]:
        """Weights and the optimizer's state."""
        kept = [item for state in self.optimizer.state.values() for item in state.values()]
        return [*self._parameters, *self._flats, *(item for item in kept if isinstance(item, Tensor))]

    def names(self) -> tuple[str, ...]:
        """The names of the optimizer's state per parameter, as in torch."""
        return tuple(sorted({name for state in self.optimizer.state.values() for name in state}))

    def tensors(self) -> dict[str, Tensor]:
        """The optimizer's state per parameter, `<number>.<name>`; flat tensors as views of the parameter's shape."""
        found = {}
        for number, (leaf, parameter) in enumerate(zip(self._leaves, self._parameters, strict=True)):
            for name, item in self.optimizer.state.get(leaf, {}).items():
                flattened = item.shape == leaf.shape != parameter.shape
                found[f"{number}.{name}"] = item.as_strided(parameter.shape, parameter.stride()) if flattened else item
        return found

    def prepare(self, names: Sequence[str]) -> None:
        """Make the optimizer allocate its state, with arbitrary values. The weights are changed.

        A momentum that is not among the names has not begun, or was forgotten, see `adopt`.
        """
        self(*map(torch.zeros_like, self._parameters), 0.0)
        for state in self.optimizer.state.values():
            if "momentum_buffer" not in names:
                state.pop("momentum_buffer", None)

    def adopt(self, optimizer: Optimizer) -> None:
        """Adopt other settings of the optimizer: momentum starts at zero, or is dropped."""
        for group in self.optimizer.param_groups:
            group.update(keywords(optimizer.call()))
            for parameter in group["params"]:
                state = self.optimizer.state[parameter]
                if not group.get("momentum"):
                    state.pop("momentum_buffer", None)
                elif state and optimizer.momentum_from_zeros:
                    state.setdefault("momentum_buffer", torch.zeros_like(parameter))


def _optimizer(experiment: Experiment, network: nn.Module, leaves: Sequence[Tensor]) -> torch.optim.Optimizer:
    """The recipe's optimizer; of a class of its own, so that `torch._dynamo` is not imported, two seconds long."""
    optimizer = experiment.recipe.optimizer
    call, grouping = optimizer.call(), optimizer.grouping
    parameters = run(grouping, network) if grouping else leaves
    kind = resolve(call)
    lean = type(call.name, (kind,), {"add_param_group": unwrap(kind.add_param_group)})
    fused = {"fused": True} if leaves[0].device.type in optimizer.fused else {}
    made: torch.optim.Optimizer = lean(parameters, **keywords(call), **fused)
    return made
