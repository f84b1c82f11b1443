"""How tensors lie in memory: as they are quickest to compute with, and the same memory as one row of numbers."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from playground.engine.runtime.onednn_linear import Linear, is_quicker

_VECTOR = 16  # numbers that a processor with AVX-512 computes with at once


def laid_out(network: nn.Sequential) -> nn.Sequential:
    """Let weights lie in memory, and so be computed with, as is quickest on the CPU.

    Filters of convolutions keep their channels last: half as fast again. Weights (outputs, inputs) of `nn.Linear` keep
    the outputs of one input side by side: the forward product takes a third of the time on Intel's processors with
    AVX-512, and as long as before on AMD's. That is so where the outputs fill whole vectors of 16; in between, the
    product takes up to three times as long. The gradient of a weight is laid out as the weight is.

    Built and loaded networks are both laid out so, because the layout decides the last bits of what is computed; and
    so does who computes large products, see `onednn_linear`.
    """
    network = network.to(memory_format=torch.channels_last)
    for module in network.modules():
        if isinstance(module, nn.Linear) and module.out_features % _VECTOR == 0:
            module.weight.data = module.weight.data.t().contiguous().t()
        if type(module) is nn.Linear and is_quicker():
            module.__class__ = Linear
    return network


def flat(tensor: Tensor) -> Tensor:
    """All numbers of a tensor without gaps (n,), as a view, in the order in which they lie in memory."""
    return tensor if tensor.dim() == 1 else tensor.as_strided((tensor.numel(),), (1,))


def alike(gradient: Tensor, parameter: Tensor) -> Tensor:
    """The gradient with the parameter's strides: optimizers go through the memory of both side by side."""
    return gradient if gradient.stride() == parameter.stride() else torch.empty_like(parameter).copy_(gradient)
