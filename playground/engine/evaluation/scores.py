"""How good outputs are: sums that can be added up over batches, and the score that they make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from playground.spec.data.task import Score, Task, score_of
from playground.spec.recipe.losses import OutputActivation


def by_place(outputs: Tensor) -> Tensor:
    """Outputs with classes last: (N, C), or (N, P, C) for P places of a sequence or an image.

    outputs: (N, C), (N, L, C), or (N, C, H, W) as convolutions give them.
    """
    return outputs.flatten(2).transpose(1, 2) if outputs.dim() == 4 else outputs


def accuracy(outputs: Tensor, targets: Tensor) -> tuple[Tensor, ...]:
    """How often the greatest of the outputs is that of the right class.

    targets: right classes (N,), (N, L) or (N, H, W), or a probability for each class, of the
    outputs' shape.
    """
    said = by_place(outputs).argmax(-1)
    right = by_place(targets).argmax(-1) if targets.is_floating_point() else targets
    return ((said == (right.flatten(1) if right.dim() > 2 else right)).count_nonzero(),)


def intersection_over_union(outputs: Tensor, targets: Tensor) -> tuple[Tensor, ...]:
    """Size of intersection and union of the predicted and the true foreground, all classes but 0.

    Jaccard, 1912. outputs: (N, C, H, W) or (N, L, C); targets: right classes, a number for each
    place.
    """
    said, true = by_place(outputs).argmax(-1) > 0, targets.flatten(1) > 0
    return (said & true).count_nonzero(), (said | true).count_nonzero()


def agreement(outputs: Tensor, targets: Tensor) -> tuple[Tensor, ...]:
    """Number of right predictions other than class 0, and of all predictions and targets that are.

    F1 is twice the first over the sum of the other two (van Rijsbergen, 1979, Information
    Retrieval, chapter 7).
    outputs: (N, L, C) or (N, C, H, W); targets: right classes, a number for each place.
    """
    said, true = by_place(outputs).argmax(-1), targets.flatten(1)
    found, sought = said > 0, true > 0
    return ((said == true) & sought).count_nonzero(), found.count_nonzero() + sought.count_nonzero()


def squares(outputs: Tensor, targets: Tensor) -> tuple[Tensor, ...]:
    """Σ (output - target)², Σ target and Σ target²: R² = 1 - SSE / (Σ t² - (Σ t)² / n)."""
    return (outputs - targets).square().sum(), targets.sum(), targets.square().sum()


_SUMS = {Score.ACCURACY: accuracy, Score.IOU: intersection_over_union, Score.F1: agreement, Score.R2: squares}


class Scoring:
    """The score of a task: called with a batch it gives sums, which `score` turns into one number.

    Where shares are asked for and the loss itself makes them of the outputs, they are made of them
    here too.
    """

    def __init__(self, task: Task, output_activation: OutputActivation = "none") -> None:
        """`output_activation`: what the loss makes of the outputs before it compares them, see `spec.losses`."""
        self._score = task.score
        self._bent = output_activation == "sigmoid" and task.classes is None
        self._sums: Any = _SUMS[task.score]
        self._places = task.places

    def __call__(self, outputs: Tensor, targets: Tensor) -> tuple[Tensor, ...]:
        sums: tuple[Tensor, ...] = self._sums(outputs.sigmoid() if self._bent else outputs, targets)
        return sums

    def score(self, sums: Sequence[float], samples: int) -> float:
        """What sums over so many samples amount to, 1 at best."""
        return float(score_of(self._score, sums, samples * self._places))


def added(some: Sequence[float], more: Sequence[float]) -> tuple[float, ...]:
    """Sums over both; `some` may be empty to begin with."""
    return tuple(a + b for a, b in zip(some, more, strict=True)) if some else tuple(more)
