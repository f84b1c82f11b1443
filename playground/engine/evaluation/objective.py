"""The training objective: a recipe's loss as a function, with outputs and targets in the layout that it expects."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from playground.engine.build import keywords, resolve
from playground.engine.evaluation.scores import by_place
from playground.spec.data.task import Task
from playground.spec.recipe.losses import Loss


class Objective:
    """The data part of the loss, mean over a batch of outputs and targets, both as `Task` describes them.

    Where the targets are classes, they may be class indices (int64) or probabilities (float32, of the outputs' shape).
    A loss that takes class indices is called with classes last, (M, C) and (M,), one row for each position; a loss that
    takes a probability for each class is called with (N, C) or (N, P, C) for both.
    """

    def __init__(self, loss: Loss, task: Task, device: torch.device) -> None:
        call = loss.call()
        self._function: Any = resolve(call)
        settings = keywords(call)
        tensors = {name: value.to(device) for name, value in settings.items() if isinstance(value, Tensor)}
        self._settings = {**settings, **tensors}
        self._classes = task.classes
        one_hot = self._classes is not None and loss.target == "one_hot"
        self._one_hot = torch.eye(self._classes or 0, device=device) if one_hot else None
        one_hot_rows = () if self._one_hot is None else (self._one_hot,)
        self.constants = (*one_hot_rows, *tensors.values())  # tensors that the loss reads
        self.plain = Objective(loss.plain, task, device) if loss.plain else None  # without label smoothing
        self._class_weights: Tensor | None = tensors.get("weight")

    def __call__(self, outputs: Tensor, targets: Tensor) -> Tensor:
        if self._classes is not None:
            outputs, targets = self._by_place(by_place(outputs), targets)
        value: Tensor = self._function(outputs, targets, **self._settings)
        return value

    def weight(self, targets: Tensor) -> float:
        """Weight of a batch relative to others: the mean over both is (w₁ · loss₁ + w₂ · loss₂) / (w₁ + w₂).

        The number of samples, which may have any number of positions if it is equal for all. Where classes have weights
        and targets are class indices, the summed weights, by which torch divides the sum of such a batch.
        (For probabilities of each class, torch divides by their number.)
        """
        if self._class_weights is None or targets.is_floating_point():
            return len(targets)
        return self._class_weights.index_select(0, targets.flatten()).sum().item()

    def _by_place(self, outputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Outputs and targets in the layout of the loss; outputs with a single position stay unchanged."""
        if targets.is_floating_point():
            targets = by_place(targets)
            return (outputs.flatten(0, -2), targets.flatten(0, -2)) if self._one_hot is None else (outputs, targets)
        if self._one_hot is None:
            return (outputs, targets) if outputs.dim() == 2 else (outputs.flatten(0, 1), targets.flatten())
        rows = self._one_hot.index_select(0, targets if outputs.dim() == 2 else targets.flatten())
        return outputs, rows.view_as(outputs)
