"""Scores of outputs: sums that can be added over batches, and the score computed from them.

Each score is two lines of torch; torchmetrics would take over a second to import.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from playground.engine.build import applied
from playground.spec.call import Call
from playground.spec.data.task import Score, Task, score_of
from playground.spec.recipe.output_activations import IDENTITY, OutputActivation


def by_place(outputs: Tensor) -> Tensor:
    """Outputs with classes last: (N, C), or (N, P, C) for P positions of a sequence or an image.

    outputs: (N, C), (N, L, C), or (N, C, H, W) as convolutions give them.
    """
    return outputs.flatten(2).transpose(1, 2) if outputs.dim() == 4 else outputs


def accuracy(outputs: Tensor, targets: Tensor) -> tuple[Tensor, ...]:
    """Number of positions where the greatest output is that of the right class.

    targets: class indices (N,), (N, L) or (N, H, W), or a probability for each class, of the
    outputs' shape.
    """
    predicted = by_place(outputs).argmax(-1)
    right = by_place(targets).argmax(-1) if targets.is_floating_point() else targets
    return ((predicted == (right.flatten(1) if right.dim() > 2 else right)).count_nonzero(),)


def intersection_over_union(outputs: Tensor, targets: Tensor) -> tuple[Tensor, ...]:
    """Size of intersection and union of the predicted and the true foreground, all classes but 0.

    Jaccard, 1912. outputs: (N, C, H, W) or (N, L, C); targets: class indices, one for each
    position.
    """
    predicted, true = by_place(outputs).argmax(-1) > 0, targets.flatten(1) > 0
    return (predicted & true).count_nonzero(), (predicted | true).count_nonzero()


def agreement(outputs: Tensor, targets: Tensor) -> tuple[Tensor, ...]:
    """Number of right predictions other than class 0, and of all such predictions and targets.

    F1 is twice the first over the sum of the other two (van Rijsbergen, 1979, Information
    Retrieval, chapter 7).
    outputs: (N, L, C) or (N, C, H, W); targets: class indices, one for each position.
    """
    predicted, true = by_place(outputs).argmax(-1), targets.flatten(1)
    both = (predicted == true) & (true > 0)
    return both.count_nonzero(), (predicted > 0).count_nonzero() + (true > 0).count_nonzero()


def squares(outputs: Tensor, targets: Tensor) -> tuple[Tensor, ...]:
    """Σ (output - target)², Σ target and Σ target²: R² = 1 - SSE / (Σ t² - (Σ t)² / n)."""
    if targets.device.type != "mps":  # which has no float64; float32 has few digits far from 0
        outputs, targets = outputs.double(), targets.double()
    return (outputs - targets).square().sum(), targets.sum(), targets.square().sum()


_SUMS = {Score.ACCURACY: accuracy, Score.IOU: intersection_over_union, Score.F1: agreement, Score.R2: squares}


def activation_of(task: Task, output_activation: OutputActivation) -> Call | None:
    """The output activation that turns outputs into target numbers; None for classes, whose scores do not need it."""
    return output_activation.call if task.classes is None else None


class Scoring:
    """The score of a task: a call with a batch returns sums, which `score` turns into one number.

    Where targets are numbers and the loss has an output activation, it is applied here as well.
    """

    def __init__(self, task: Task, output_activation: OutputActivation = IDENTITY) -> None:
        """`output_activation`: the activation of the loss."""
        self._score = task.score
        self._activation = activation_of(task, output_activation)
        self._sums: Any = _SUMS[task.score]
        self._places = task.positions

    def __call__(self, outputs: Tensor, targets: Tensor) -> tuple[Tensor, ...]:
        sums: tuple[Tensor, ...] = self._sums(applied(self._activation, outputs), targets)
        return sums

    def score(self, sums: Sequence[float], samples: int) -> float:
        """The score from sums over this many samples, 1 at best."""
        return float(score_of(self._score, sums, samples * self._places))


def added(some: Sequence[float], more: Sequence[float]) -> tuple[float, ...]:
    """Elementwise sums; `some` may be empty at the start."""
    return tuple(a + b for a, b in zip(some, more, strict=True)) if some else tuple(more)
