"""The penalty that a regularizer adds for large weights, and the rules that keep weights small."""

from __future__ import annotations

from collections.abc import Iterable
from math import hypot, isfinite, sqrt

import torch
from torch import Tensor, nn

from playground.engine.build import enabled_rows
from playground.engine.runtime.memory_layout import flat
from playground.spec.experiment import Experiment


class Penalty:
    """l1 · Σ|w| + l2/2 · Σw² over weight matrices and filters, decay or a norm limit; biases, norms and
    frozen layers are exempt.

    The gradient is written out here, so that no graph is built in each step; an exported program leaves it to
    autograd, and copies `decay` and `confine`.
    """

    def __init__(self, experiment: Experiment, parameters: list[nn.Parameter]) -> None:
        """`parameters` are those that are trained."""
        declared = [tensor for row in enabled_rows(experiment) for tensor in row.tensors if tensor.trained]
        pairs = enumerate(zip(parameters, declared, strict=True))
        self._shaped = {index: parameter.detach() for index, (parameter, tensor) in pairs if tensor.penalised}
        self._weights = {index: flat(weight) for index, weight in self._shaped.items()}
        regularizer = experiment.recipe.regularizer
        self._l1, self._l2 = regularizer.strengths
        self._decay, self._largest_norm = regularizer.decay, regularizer.largest_norm
        self._keeps_zeros = regularizer.keeps_zeros
        self._zeros: list[Tensor] = []

    def __call__(self) -> float:
        total = 0.0
        if self._l1:
            total += self._l1 * sum(weight.abs().sum().item() for weight in self._weights.values())
        if self._l2:
            total += self._l2 / 2.0 * sum(_dot(weight) for weight in self._weights.values())
        return total

    def charge(self, gradients: list[Tensor]) -> None:
        """Add the penalty's gradient, l2 · w + l1 · sign(w), to the loss's gradients, all `flat`, in place."""
        for index, weight in self._weights.items():
            if self._l2:
                gradients[index].add_(weight, alpha=self._l2)
            if self._l1:
                gradients[index].add_(weight.sign(), alpha=self._l1)

    @property
    def charges(self) -> bool:
        """Whether `charge` adds anything."""
        return bool(self._l1 or self._l2)

    @property
    def weights(self) -> list[Tensor]:
        """The current weights that the penalty covers, each `flat`."""
        return list(self._weights.values())

    def norms(self, gradients: list[Tensor]) -> tuple[float, float, float, int]:
        """Norms of the loss's gradient, the penalty's gradient and the covered weights; and the number of weights."""
        gradients = [flat(gradient) for gradient in gradients]
        own = [torch.zeros_like(gradient) for gradient in gradients]
        self.charge(own)
        counted = ([some[index] for index in self._weights] for some in (gradients, own))
        of_loss, of_its_own = map(norm, counted)
        return (
            of_loss,
            of_its_own,
            norm(self._weights.values()),
            sum(weight.numel() for weight in self._weights.values()),
        )

    def decay(self, rate: float) -> None:
        """Note which weights are 0, if they are to stay 0; subtract the share `rate` · decay from the weights."""
        if self._keeps_zeros:
            self._zeros = zeros(self._weights.values())
        if self._decay:
            decay(self._weights.values(), rate, self._decay)

    def confine(self) -> None:
        """Set weights to 0 that were 0 and stay so; scale down rows and filters, along the first dimension, whose norm
        exceeds the largest norm."""
        if self._keeps_zeros:
            restore_zeros(self._weights.values(), self._zeros)
        if self._largest_norm:
            confine(self._shaped.values(), self._largest_norm)


@torch.no_grad()
def decay(weights: Iterable[Tensor], rate: float, share: float) -> None:
    """w ← w - rate · share · w (Loshchilov and Hutter, 2019, arXiv:1711.05101)."""
    for weight in weights:
        weight.sub_(weight * share, alpha=rate)


@torch.no_grad()
def confine(weights: Iterable[Tensor], max_norm: float) -> None:
    """Scale down matrix rows and filters with a larger norm (Srivastava et al., 2014)."""
    for weight in weights:
        weight.renorm_(2, 0, max_norm)


@torch.no_grad()
def zeros(weights: Iterable[Tensor]) -> list[Tensor]:
    """Where weights are exactly 0, as those of a pruned network are."""
    return [weight == 0 for weight in weights]


@torch.no_grad()
def restore_zeros(weights: Iterable[Tensor], masks: Iterable[Tensor]) -> None:
    """Set weights to 0 where they were 0 before a step (Han et al., 2015, arXiv:1506.02626)."""
    for weight, mask in zip(weights, masks, strict=True):
        weight.masked_fill_(mask, 0)


def norm(tensors: Iterable[Tensor]) -> float:
    """√Σw² over all tensors; infinite only if an element is."""
    return hypot(*map(_length, tensors))


def _length(tensor: Tensor) -> float:
    """√Σw², also where squares overflow float32."""
    largest = tensor.abs().max().item() if tensor.numel() else 0.0
    return largest * sqrt(_dot(tensor / largest)) if largest and isfinite(largest) else largest


def _dot(weight: Tensor) -> float:
    """Σw²."""
    row = weight.flatten()
    return torch.dot(row, row).item()
