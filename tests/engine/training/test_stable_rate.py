"""The sharpness is the greatest curvature, and the rate that follows from it is stable."""

from __future__ import annotations

from math import isnan

import pytest
import torch
from torch import Tensor, nn

from playground.engine.training.stable_rate import sharpness, stable_rate
from playground.spec.recipe.optimizers import SGD, Adadelta, Adam


def test_the_sharpness_of_a_linear_regression_is_the_largest_eigenvalue() -> None:
    """Of the second moments of the inputs, times 2: the Hessian of the mean squared error."""
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(200, 5, generator=generator) * torch.tensor([3.0, 1.0, 0.5, 0.1, 0.01])
    targets, weight = inputs @ torch.ones(5, 1), torch.zeros(1, 5)
    before = weight.clone()

    def gradients() -> list[Tensor]:
        with torch.enable_grad():
            leaf = weight.clone().requires_grad_()
            return list(torch.autograd.grad(nn.functional.mse_loss(inputs @ leaf.T, targets), leaf))

    hessian = 2 * inputs.T.double() @ inputs.double() / 200
    assert sharpness(gradients, [weight]) == pytest.approx(torch.linalg.eigvalsh(hessian)[-1].item(), rel=1e-3)
    assert torch.equal(weight, before)


def test_without_a_gradient_there_is_no_sharpness() -> None:
    assert sharpness(lambda: [torch.zeros(3)], [torch.ones(3)]) == 0.0
    assert sharpness(lambda: [torch.full((3,), torch.inf)], [torch.ones(3)]) == torch.inf


def test_weights_are_put_back_where_a_gradient_is_no_number_on_the_way() -> None:
    weight, found = torch.ones(3), iter([torch.ones(3)])
    gradients = lambda: [next(found, torch.full((3,), torch.nan))]  # noqa: E731
    assert isnan(sharpness(gradients, [weight]))
    assert torch.equal(weight, torch.ones(3))


@pytest.mark.parametrize(
    ("optimizer", "curvature", "size", "found"),
    [
        (SGD(), 10.0, 0.1, 0.05),  # a quarter of 2 / 10
        (SGD(momentum=0.9), 10.0, 0.1, 0.005),
        (SGD(), 1e-3, 0.1, 0.5),  # a tenth of the rate
        (SGD(), 0.0, 0.1, 0.05),  # not known: a hundredth
        (SGD(), float("nan"), 0.1, 0.05),
        (Adam(), 10.0, 0.1, 0.002),  # 3 % of the weights
        (Adam(), 10.0, 0.0, 0.05),
        (Adadelta(), 10.0, 0.1, 0.05),
    ],
)
def test_the_rate(optimizer: SGD | Adam | Adadelta, curvature: float, size: float, found: float) -> None:
    assert stable_rate(optimizer, 5.0, curvature, size) == found
