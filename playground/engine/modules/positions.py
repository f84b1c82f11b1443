"""Position encodings, the class token and pooling, for sequences (N, steps, features)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class LearnedPosition(nn.Module):
    """Add a learned vector to each of at most `steps` steps."""

    def __init__(self, steps: int, features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(steps, features))
        nn.init.normal_(self.weight, std=0.02)

    def forward(self, inputs: Tensor) -> Tensor:
        return inputs + self.weight[: inputs.shape[1]]


class SinusoidalPosition(nn.Module):
    """Add sine and cosine waves to at most `steps` steps (Vaswani et al., 2017, section 3.5).

    Step t gets sin(t / 10000^(2i / features)) at feature 2i, and the cosine of the same at feature
    2i + 1.
    """

    def __init__(self, steps: int, features: int) -> None:
        super().__init__()
        even = torch.arange(0, features, 2) / features
        angles = torch.arange(steps).unsqueeze(1) / 10_000.0**even
        waves = torch.stack((angles.sin(), angles.cos()), 2).flatten(1)
        self.register_buffer("waves", waves[:, :features].clone())

    def forward(self, inputs: Tensor) -> Tensor:
        return inputs + self.waves[: inputs.shape[1]]  # type: ignore[index]


class ClassToken(nn.Module):
    """Put a learned vector, the class token, in front of the steps (Devlin et al., 2018)."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(features))
        nn.init.normal_(self.weight, std=0.02)

    def forward(self, inputs: Tensor) -> Tensor:
        first = self.weight.expand(inputs.shape[0], 1, -1)
        return torch.cat((first, inputs), 1)


class SequencePool(nn.Module):
    """Reduce (N, steps, features) to (N, features): mean, maximum, first or last of the steps."""

    def __init__(self, how: str) -> None:
        super().__init__()
        self.how = how

    def forward(self, inputs: Tensor) -> Tensor:
        if self.how == "mean":
            return inputs.mean(1)
        if self.how == "max":
            return inputs.amax(1)
        return inputs[:, 0 if self.how == "first" else -1]

    def extra_repr(self) -> str:
        return self.how
