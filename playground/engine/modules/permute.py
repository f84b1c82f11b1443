"""A module for `torch.permute`, for which torch has no module.

`torchvision.ops.Permute` is the same module, but importing it takes over a second.
"""

from __future__ import annotations

from torch import Tensor, nn


class Permute(nn.Module):
    """Permute the dimensions of each sample, counted from 1; the batch is dimension 0."""

    def __init__(self, *dims: int) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, inputs: Tensor) -> Tensor:
        return inputs.permute(0, *self.dims)

    def extra_repr(self) -> str:
        return ", ".join(map(str, self.dims))
