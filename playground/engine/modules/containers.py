"""Modules that contain modules: with a shortcut, in parallel branches, or repeated."""

import torch
from torch import Tensor, nn


class Residual(nn.Module):
    """y = body(x) + shortcut(x); without a shortcut, y = body(x) + x.

    He, Zhang, Ren and Sun, 2015, Deep Residual Learning for Image Recognition, arXiv:1512.03385,
    equations 1 and 2.
    """

    def __init__(self, body: nn.Module, shortcut: nn.Module | None = None) -> None:
        super().__init__()
        self.body = body
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, …) to the output shape of the body."""
        same: Tensor = x if self.shortcut is None else self.shortcut(x)
        changed: Tensor = self.body(x)
        return changed + same


class Parallel(nn.ModuleList):
    """Several modules with the same input, whose outputs are joined: added or concatenated.

    Images (N, C, H, W) are concatenated along their channels, everything else along its last
    dimension.
    """

    def __init__(self, *branches: nn.Module, join: str) -> None:
        super().__init__(branches)
        self.join = join

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, …) to the branches' outputs, joined."""
        outputs = [branch(x) for branch in self]
        if self.join == "add":
            total: Tensor = outputs[0]
            for output in outputs[1:]:
                total = total + output
            return total
        return torch.cat(outputs, 1 if outputs[0].dim() == 4 else -1)


class Repeated(nn.Module):
    """The same module, with the same weights, applied several times in a row."""

    def __init__(self, body: nn.Module, times: int) -> None:
        super().__init__()
        self.body = body
        self.times = times

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, …) to the same shape."""
        for _ in range(self.times):
            x = self.body(x)
        return x
