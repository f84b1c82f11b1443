"""A learning rate with which a run that diverged can be expected not to: from the curvature of its loss."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite

import torch
from torch import Tensor

from playground.engine.training.penalty import norm
from playground.spec.check.recipe_fixes import round_rate
from playground.spec.recipe.optimizers import SGD, Adadelta, Optimizer

_STEPS = 12  # of the power iteration
_APART = 1e-3  # share of the weights' norm by which the two points of a difference of gradients lie apart
_FEWER = 10.0  # times: the rate that is proposed is smaller by at least this
_UNKNOWN = 100.0  # the same, where nothing can be computed
_SAFETY = 0.25  # of the bound of stability: other batches are more curved, and curvature grows in training
_USUAL = 0.03  # share of a weight's size by which the first steps of an optimizer that scales gradients may change it


@torch.no_grad()
def sharpness(gradients: Callable[[], Sequence[Tensor]], weights: Sequence[Tensor]) -> float:
    """The curvature of a loss where it is greatest: the largest eigenvalue of its Hessian, by magnitude.

    Found by power iteration on differences of gradients, beginning with the gradient. NaN or infinite where a gradient
    is.

    Args:
        gradients: computes those of the loss for the present weights.
        weights: are moved meanwhile, and put back.
    """
    start = [weight.clone() for weight in weights]
    here = [gradient.clone() for gradient in gradients()]
    length, direction, found = norm(start), here, 0.0
    apart = _APART * length if length else _APART
    try:
        for _ in range(_STEPS):
            size = norm(direction)
            if not size or not isfinite(size):
                return size
            for weight, old, part in zip(weights, start, direction, strict=True):
                weight.copy_(old + part * (apart / size))
            direction = [there - gradient for there, gradient in zip(gradients(), here, strict=True)]
            found = norm(direction) / apart
        return found
    finally:
        for weight, old in zip(weights, start, strict=True):
            weight.copy_(old)


def stable_rate(optimizer: Optimizer, rate: float, sharpness: float, size: float) -> float:
    """A rate of at most a tenth of the one that diverged, rounded to 1, 2 or 5 times a power of ten.

    Gradient descent is stable below 2 / λ, where λ is the sharpness; momentum μ adds up to 1 / (1 - μ) steps.
    Optimizers that scale gradients change each weight by about the rate in their first steps, whatever the gradient is.

    Args:
        optimizer: with which the run diverged.
        rate: its learning rate then.
        sharpness: see there, of weights before the run went wrong; NaN, infinite or 0 where it is not known.
        size: RMS of the weights before the first step; 0 where it is not known.
    """
    if isinstance(optimizer, SGD):
        known = isfinite(sharpness) and sharpness > 0
        bound = _SAFETY * 2.0 * (1.0 - optimizer.momentum) / sharpness if known else rate / _UNKNOWN
    elif isinstance(optimizer, Adadelta) or not size or not isfinite(size):
        bound = rate / _UNKNOWN
    else:
        bound = _USUAL * size
    return round_rate(min(rate / _FEWER, bound))
