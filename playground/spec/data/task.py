"""What a data set asks of a network: what it has to give, what that is compared with, and what counts as right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import prod
from typing import Any, Literal

from playground.spec.layer import Shape
from playground.spec.messages import tr_noop
from playground.spec.number_text import percent_text

# What outputs are compared with: the number of the right class at each place; a probability for each class at each
# place; any numbers, as many as there are outputs; the same, all of them between 0 and 1.
Targets = Literal["classes", "soft", "values", "probabilities"]


class Score(StrEnum):
    """How good outputs are, 1 at best; the value is what a person reads. Computed in `engine.evaluation.scores`."""

    ACCURACY = tr_noop("Accuracy")  # share of the places at which the right class has the greatest output
    IOU = tr_noop("IoU")  # intersection over union of what is, and what is said to be, no background
    F1 = tr_noop("F1")  # harmonic mean of precision and recall of all classes but the first, which means nothing
    R2 = tr_noop("R²")  # share of the targets' variance that is explained; below 0 worse than their mean

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
        """A value as a person reads it, in per cent: `97.53 %`."""
        return percent_text(value)


def divided(above: float, below: float, otherwise: float) -> float:
    """One over the other, or `otherwise` where the other is not above 0."""
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


def score_of(score: Score, sums: Sequence[Any], places: Any, divide: Callable[..., Any] = divided) -> Any:
    """What sums of `engine.evaluation.scores` over so many places amount to, 1 at best; exported programs copy it.

    It takes numbers or arrays of them; for arrays, `divide` has to be able to, too.
    """
    match score:
        case Score.ACCURACY:
            return divide(sums[0], places, 0.0)
        case Score.IOU:
            return iou(sums, divide)
        case Score.F1:
            return f1(sums, divide)
        case Score.R2:
            return r_squared(sums, places, divide)


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked: outputs of this shape (without the batch), compared with these targets.

    Where classes are asked at many places, the classes are the first dimension of a picture, (C, H, W), as PyTorch
    has it, and the last of a sequence, (L, C). Targets are (N,), (N, H, W) or (N, L) int64 then, and else float32 of
    the outputs' shape.
    """

    output: Shape
    targets: Targets
    score: Score
    language: bool = False  # whether it guesses the next character: a cross entropy is told in bits and so on, too

    @property
    def classes(self) -> int | None:
        """Between how many classes the network decides at each place; None where numbers are asked."""
        if self.targets not in ("classes", "soft"):
            return None
        return self.output[-1] if len(self.output) == 2 else self.output[0]

    @property
    def places(self) -> int:
        """At how many places of one sample classes, or numbers, are asked."""
        return prod(self.output) // (self.classes or 1)


def classes(count: int) -> Task:
    """Which of `count` classes a sample belongs to."""
    return Task((count,), "classes", Score.ACCURACY)
