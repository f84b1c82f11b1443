"""Codes as one-hot vectors, without learned weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class OneHot(nn.Module):
    """Maps codes (N, steps) to vectors (N, steps, count) that are 1 at the code and 0 elsewhere."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    def forward(self, codes: Tensor) -> Tensor:
        known = torch.arange(self.count, device=codes.device)
        return (codes.unsqueeze(-1) == known).to(torch.get_default_dtype())

    def extra_repr(self) -> str:
        return str(self.count)
