"""Torch's recurrent layers with a single output: of every step, or the last state."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


class OneOutput(nn.RNNBase):
    """Base class of recurrent layers with one output: of all steps if `whole`, else the last."""

    def __init__(self, *sizes: int, whole: bool, **settings: Any) -> None:
        super().__init__(*sizes, batch_first=True, **settings)  # type: ignore[misc, arg-type]
        self.whole = whole

    def forward(self, inputs: Tensor) -> Tensor:
        """Map (N, steps, features) to outputs (N, steps, …), or to the top layer's last (N, …).

        If bidirectional, the features of the forward direction come first; the last state of the
        backward direction is that at the first step.
        """
        outputs: Tensor
        outputs, states = super().forward(inputs)
        if self.whole:
            return outputs
        ends: Tensor = states[0] if isinstance(states, tuple) else states  # LSTM: and cells
        return torch.cat((ends[-2], ends[-1]), 1) if self.bidirectional else ends[-1]


class RNN(OneOutput, nn.RNN):  # type: ignore[misc]
    """`torch.nn.RNN` with one output."""


class GRU(OneOutput, nn.GRU):  # type: ignore[misc]
    """`torch.nn.GRU` with one output."""


class LSTM(OneOutput, nn.LSTM):  # type: ignore[misc]
    """`torch.nn.LSTM` with one output."""


@torch.no_grad()
def fill_forget_gate_(bias: Tensor, value: float) -> Tensor:
    """Fill the forget gate's quarter of an LSTM's bias (4 · hidden,) (Jozefowicz et al., 2015)."""
    bias.chunk(4)[1].fill_(value)
    return bias
