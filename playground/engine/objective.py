"""What training makes small: the loss of a recipe as a function, with the targets it wants."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from playground.engine.build import keywords, resolve
from playground.spec.losses import Loss


class Objective:
    """The data part of the loss, mean over a batch of outputs (N, classes) and labels (N,) int64."""

    def __init__(self, loss: Loss, classes: int, device: torch.device) -> None:
        call = loss.call()
        self._function: Any = resolve(call)
        self._settings = keywords(call)
        self._one_hot = torch.eye(classes, device=device) if loss.target == "one_hot" else None
        self.constants = () if self._one_hot is None else (self._one_hot,)  # tensors that it reads

    def __call__(self, outputs: Tensor, labels: Tensor) -> Tensor:
        targets = labels if self._one_hot is None else self._one_hot.index_select(0, labels)
        value: Tensor = self._function(outputs, targets, **self._settings)
        return value
