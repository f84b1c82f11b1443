"""A layer that adds Gaussian noise; exported programs copy it from here."""

import torch
from torch import Tensor, nn


class GaussianNoise(nn.Module):
    """Adds noise of mean 0 and standard deviation `std` in training mode only.

    Bishop, 1995, Training with Noise is Equivalent to Tikhonov Regularization. Tensors of any
    shape.
    """

    def __init__(self, std: float = 0.1) -> None:
        super().__init__()
        self.std = std

    def forward(self, x: Tensor) -> Tensor:
        """The same shape, with independent noise added to every number."""
        if not self.training:
            return x
        return x + torch.empty_like(x).normal_() * self.std

    def extra_repr(self) -> str:
        """The arguments that `print` shows."""
        return f"std={self.std}"
