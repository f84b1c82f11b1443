"""Statistics of the answers in a test: whether all are the same, and the error of numbers in their own unit."""

from __future__ import annotations

from math import sqrt

import torch
from torch import Tensor

from playground.engine.evaluation.scores import by_place
from playground.spec.data.dataset import Dataset

_SPREAD = 1e-4  # numbers this close count as the same; the targets' standard deviation is about 1


class AnswerStatistics:
    """Accumulates chunks of outputs and targets."""

    def __init__(self, dataset: Dataset, unit: float = 1.0) -> None:
        """`unit`: the size of 1 in the targets, in the unit of the target number."""
        self._task, self._names, self._unit = dataset.task, dataset.class_names, unit
        self._least: Tensor | None = None
        self._most: Tensor | None = None
        self._squares = self._errors = 0.0
        self._count = 0

    def note(self, outputs: Tensor, targets: Tensor) -> None:
        """Add outputs (N, …) of the network and their targets."""
        answers = outputs if self._task.classes is None else by_place(outputs).argmax(-1).flatten()
        least, most = answers.amin(0), answers.amax(0)
        self._least = least if self._least is None else torch.minimum(self._least, least)
        self._most = most if self._most is None else torch.maximum(self._most, most)
        if self._is_single_number:
            off = (outputs - targets).to(torch.float64)
            self._squares += off.square().sum().item()
            self._errors += off.abs().sum().item()
        self._count += len(outputs)

    @property
    def same(self) -> str | None:
        """The answer if it is the same for every sample; empty if it has no name, None if answers differ."""
        if self._least is None or self._most is None:
            return None
        if self._task.classes is None:
            return "" if (self._most - self._least).max().item() <= _SPREAD else None
        if not torch.equal(self._least, self._most):
            return None
        number = int(self._least.item())
        return self._names[number] if self._task.positions == 1 and number < len(self._names) else ""

    @property
    def rmse(self) -> float | None:
        """√ mean (output - target)², in the number's own unit; None unless the target is a single number."""
        return self._unit * sqrt(self._squares / self._count) if self._is_single_number and self._count else None

    @property
    def mae(self) -> float | None:
        """Mean |output - target|, in the number's own unit; None unless the target is a single number."""
        return self._unit * self._errors / self._count if self._is_single_number and self._count else None

    @property
    def _is_single_number(self) -> bool:
        return self._task.targets == "values" and self._task.positions == 1
