"""A pass over a batch by several processes, each with its share: the figures and gradients of the whole batch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from playground.engine.modules.frozen import FrozenBatchNorm1d, FrozenBatchNorm2d
from playground.engine.runtime.memory_layout import alike
from playground.engine.runtime.ranks import Ranks
from playground.engine.training.forward_backward import ForwardBackward


class SharedForwardBackward(ForwardBackward):
    """`ForwardBackward` of the whole batch, which each process is given, and of which it computes its share.

    Each share's loss counts as much as its samples do in the loss of the whole batch, by their number or the weights
    of their classes, before gradients are taken. So their sum is the gradient, whatever the sizes of the shares. The
    sums are added in another order than one process adds them: the figures agree within rounding.
    """

    def __init__(self, *arguments: Any, ranks: Ranks) -> None:
        """As `ForwardBackward`. BatchNorm normalises by the whole batch from then on."""
        super().__init__(*arguments)
        self._ranks = ranks
        for module in self._network.modules():
            if isinstance(module, _BatchNorm) and not isinstance(module, FrozenBatchNorm1d | FrozenBatchNorm2d):
                module.__class__ = type(type(module).__name__, (_BatchNormOfAll, type(module)), {})
                module.__dict__["ranks"] = ranks

    def __call__(self, inputs: Tensor, targets: Tensor) -> tuple[Tensor, ...]:
        """Compute loss and gradients of a batch, which is the same in each process."""
        share, copies = self._ranks.share(len(inputs))
        own = targets[share]
        counts, of_all = self._objective.weight(own), self._objective.weight(targets)
        samples = len(own) / (len(inputs) * copies)
        with _together(self._ranks, copies):
            with self._chance.drawn() if self._chance else nullcontext():
                outputs = self._network(inputs[share])
            # Where all classes of a share have the weight 0, its mean is no number.
            loss = self._objective(outputs, own) * (counts / (of_all * copies)) if counts else 0.0 * outputs.sum()
            sums = [item.item() / copies for item in self._scoring(outputs.detach(), own)]
            added = [item * samples for item in self._added()]
            gradients = torch.autograd.grad(sum(added, start=loss), self._parameters)
        figures = self._ranks.added([loss.item(), *(item.item() for item in added), *sums])
        flat = self._ranks.add(torch.cat([gradient.reshape(-1) for gradient in gradients]))
        whole = torch.split(flat, [gradient.numel() for gradient in gradients])
        shaped = [item.view(gradient.shape) for item, gradient in zip(whole, gradients, strict=True)]
        return *torch.tensor(figures, dtype=torch.float64), *map(alike, shaped, self._parameters)


@contextmanager
def _together(ranks: Ranks, copies: int) -> Iterator[None]:
    """The context in which BatchNorm may communicate: all processes are in the same forward pass."""
    ranks.copies, ranks.computing = copies, True
    try:
        yield
    finally:
        ranks.computing = False


class _Sum(torch.autograd.Function):
    """The sum over all processes; so is its gradient, as each has a part of the loss."""

    @staticmethod
    def forward(ctx: Any, value: Tensor, ranks: Ranks) -> Tensor:
        ctx.ranks = ranks
        return ranks.add(value.clone(memory_format=torch.contiguous_format))

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        ranks: Ranks = ctx.ranks
        return ranks.add(gradients[0].clone(memory_format=torch.contiguous_format)), None


class _BatchNormOfAll(_BatchNorm):
    """BatchNorm by the mean and variance of the whole batch; `nn.SyncBatchNorm` refuses CPUs."""

    ranks: Ranks

    def __deepcopy__(self, memo: dict[int, Any]) -> nn.Module:
        """An ordinary one: a copy does not train along."""
        ordinary: nn.Module = object.__new__(type(self).__mro__[2])
        ordinary.__dict__ = deepcopy({name: item for name, item in self.__dict__.items() if name != "ranks"}, memo)
        return ordinary

    def forward(self, input: Tensor) -> Tensor:
        """Normalise (N, C, …)."""
        ranks = self.ranks
        if not (self.training and ranks.computing):
            return super().forward(input)
        places = [0, *range(2, input.dim())]
        count = ranks.add(torch.tensor(float(input.numel() // input.shape[1]), dtype=torch.float64)).item()
        mean: Tensor = _Sum.apply(input.sum(places), ranks) / count
        row = [1, -1] + [1] * (input.dim() - 2)
        centred = input - mean.view(row)
        variance: Tensor = _Sum.apply(centred.square().sum(places), ranks) / count
        self._note(mean.detach(), variance.detach(), count / ranks.copies)
        normal = centred * (variance + self.eps).rsqrt().view(row)
        return normal * self.weight.view(row) + self.bias.view(row) if self.affine else normal

    @torch.no_grad()
    def _note(self, mean: Tensor, variance: Tensor, count: float) -> None:
        """Move the running statistics as torch does, with the unbiased variance."""
        if not self.track_running_stats or self.running_mean is None or self.running_var is None:
            return
        if self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)
        steps = self.num_batches_tracked
        share = self.momentum if self.momentum is not None else 1.0 / float(steps.item() if steps is not None else 1)
        self.running_mean.lerp_(mean, share)
        self.running_var.lerp_(variance * (count / max(count - 1.0, 1.0)), share)
