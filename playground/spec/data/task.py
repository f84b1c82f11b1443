"""The task of a data set: the shape of the output, the kind of targets, and the score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import prod
from typing import Any, Literal

from playground.spec.layer import Shape
from playground.spec.messages import tr_noop
from playground.spec.number_text import percent_text

# Kinds of targets: the class index at each position; a probability for each class at each position; any numbers, as
# many as there are outputs; the same, all of them between 0 and 1.
Targets = Literal["classes", "soft", "values", "probabilities"]


class Score(StrEnum):
    """How good outputs are, 1 at best; the value is the visible name. `engine.evaluation.scores` computes each."""

    ACCURACY = tr_noop("Accuracy")  # share of the positions at which the target class has the greatest output
    IOU = tr_noop("IoU")  # intersection over union of the pixels that are not background, in target and output
    F1 = tr_noop("F1")  # harmonic mean of precision and recall of all classes but the first, which is “none”
    R2 = tr_noop("R²")  # share of the targets' variance explained; below 0 is worse than predicting their mean

    @property
    def key(self) -> str:
        """The name in files and JSON lines: `accuracy`."""
        return self.name.lower()

    @property
    def word(self) -> str:
        """The name within a sentence: `accuracy`."""
        return self.value.lower() if self is Score.ACCURACY else self.value

    @staticmethod
    def written(value: float) -> str:
        """A value in per cent, as it is shown: `97.53 %`."""
        return percent_text(value)


def divided(above: float, below: float, otherwise: float) -> float:
    """`above` over `below`, or `otherwise` where `below` is not above 0."""
    return above / below if below > 0 else otherwise


def iou(sums: Sequence[Any], divide: Callable[..., Any] = divided) -> Any:
    """Intersection over union; 1 where there was nothing to find and nothing was found."""
    intersection, union = sums
    return divide(intersection, union, 1.0)


def f1(sums: Sequence[Any], divide: Callable[..., Any] = divided) -> Any:
    """Twice the right ones over all that were said or true; 1 where there were none."""
    right, said_and_true = sums
    return divide(2 * right, said_and_true, 1.0)


def r_squared(sums: Sequence[Any], count: Any, divide: Callable[..., Any] = divided) -> Any:
    """R² = 1 - Σ (output - target)² / (Σ target² - (Σ target)² / count); 0 for equal targets."""
    error, total, square = sums
    return 1.0 - divide(error, square - total * total / count, 1.0)


def score_of(score: Score, sums: Sequence[Any], positions: Any, divide: Callable[..., Any] = divided) -> Any:
    """The score, 1 at best, from the sums of `engine.evaluation.scores` over `positions` positions.

    It takes numbers or arrays; for arrays, `divide` must take arrays too.
    """
    match score:
        case Score.ACCURACY:
            return divide(sums[0], positions, 0.0)
        case Score.IOU:
            return iou(sums, divide)
        case Score.F1:
            return f1(sums, divide)
        case Score.R2:
            return r_squared(sums, positions, divide)


@dataclass(frozen=True, slots=True)
class Task:
    """Outputs of this shape (without the batch), compared with targets of this kind.

    Where classes are predicted at many positions, the classes are the first dimension of a picture, (C, H, W), as in
    PyTorch, and the last of a sequence, (L, C). Targets are then (N,), (N, H, W) or (N, L) int64, else float32 of the
    outputs' shape.
    """

    output: Shape
    targets: Targets
    score: Score
    language: bool = (
        False  # whether it predicts the next character: cross entropy is then also shown in bits and as perplexity
    )

    @property
    def classes(self) -> int | None:
        """The number of classes at each position; None where numbers are predicted."""
        if self.targets not in ("classes", "soft"):
            return None
        return self.output[-1] if len(self.output) == 2 else self.output[0]

    @property
    def positions(self) -> int:
        """The number of positions in a sample at which a class, or a number, is predicted."""
        return prod(self.output) // (self.classes or 1)


def classes(count: int) -> Task:
    """The task of classifying a sample into `count` classes."""
    return Task((count,), "classes", Score.ACCURACY)
