"""Large matrix products of `nn.Linear` by oneDNN, where MKL uses only half of the processor.

torch multiplies matrices with Intel's MKL, which uses vectors of 256 bits on the processors of other makers. oneDNN,
which torch uses for convolutions, uses the 512 bits that AMD's processors have had since Zen 4. Measured on a Zen 5
core, in µs, MKL and oneDNN: outputs of 784 → 128 for 32 samples 70 and 41, the gradient of the weight 65 and 54; of
128 → 512 for 1,024 samples 1,242 and 552, gradients 1,294 and 640, 1,256 and 559. Below a million products MKL is as
fast or faster, because oneDNN takes 10 µs to start.

Both compute in float32, and add in different orders.
"""

from __future__ import annotations

import platform
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_LARGE = 1_000_000  # products of two numbers


@cache
def is_quicker() -> bool:
    """Whether oneDNN multiplies large matrices faster than MKL on this processor."""
    wide = torch.backends.cpu.get_cpu_capability() == "AVX512"
    return wide and torch._C.has_mkl and has_product() and "AuthenticAMD" in _maker()


def has_product() -> bool:
    """Whether this build of torch has oneDNN's product of dense matrices."""
    return torch._C._has_mkldnn and hasattr(torch.ops.mkldnn, "_linear_pointwise")


def _maker() -> str:
    """A text that contains the maker of the processor."""
    known = Path("/proc/cpuinfo")
    if not known.exists():
        return platform.processor()  # on Windows: “AMD64 Family 26 Model 2 Stepping 1, AuthenticAMD”
    with known.open(encoding="utf-8", errors="replace") as lines:
        return next((line for line in lines if line.startswith("vendor_id")), "")


class Linear(nn.Linear):
    """`nn.Linear` with oneDNN for large products, forward and backward."""

    def forward(self, inputs: Tensor) -> Tensor:
        """x · wᵀ + b: (…, inputs) → (…, outputs)."""
        large = inputs.numel() * self.out_features >= _LARGE
        if not large or inputs.device.type != "cpu" or inputs.dtype != torch.float32:
            return F.linear(inputs, self.weight, self.bias)
        outputs: Tensor = _Product.apply(inputs, self.weight, self.bias)
        return outputs


class _Product(torch.autograd.Function):
    """x · wᵀ + b, whose gradients are g · w for x, gᵀ · x for w, and the sum of g for b."""

    @staticmethod
    def forward(context: Any, inputs: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        context.save_for_backward(inputs, weight)
        context.biased = bias is not None
        return _product(inputs, weight, bias)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        inputs, weight = context.saved_tensors
        for_inputs, for_weight, for_bias = context.needs_input_grad
        rows, given = gradient.flatten(0, -2), inputs.flatten(0, -2)
        return (
            _product(gradient, weight.t(), None) if for_inputs else None,
            _weight_gradient(rows, given, weight) if for_weight else None,
            rows.sum(0) if for_bias and context.biased else None,
        )


def _weight_gradient(rows: Tensor, given: Tensor, weight: Tensor) -> Tensor:
    """gᵀ · x (outputs, inputs), with the memory layout of the weight."""
    if weight.is_contiguous():
        return _product(rows.t(), given.t(), None)
    return _product(given.t(), rows.t(), None).t()


def _product(left: Tensor, right: Tensor, bias: Tensor | None) -> Tensor:
    """left · rightᵀ + bias: (…, K) and (N, K) → (…, N)."""
    product: Tensor = torch.ops.mkldnn._linear_pointwise(left, right, bias, "none", [], "")
    return product
