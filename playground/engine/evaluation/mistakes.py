"""Finds the most wrong examples, and the examples of one cell of a confusion matrix."""

from __future__ import annotations

import numpy as np

from playground.engine.evaluation.answers import Answers, ClassAnswers

MOST_SHOWN = 200


def most_wrong(answers: Answers, most: int = MOST_SHOWN) -> list[int]:
    """The indices of the most wrong samples, the worst first; see `Answers.errors`.

    Where a sample has one class, only samples whose answer is wrong; elsewhere all that have an error above 0. A sample
    whose error is no number is the worst.
    """
    errors = np.nan_to_num(answers.errors, nan=np.inf)
    classes = answers.classes
    wrong = errors > 0 if classes is None else (classes.true != classes.predicted).any(1)
    order = np.argsort(-errors, kind="stable")
    return [int(index) for index in order[wrong[order]][:most]]


def examples_of(answers: ClassAnswers, true: int, predicted: int, most: int = MOST_SHOWN) -> list[int]:
    """The indices of samples of one class that were answered as another, or as itself, the most confident first.

    Where a sample has several positions, those with such a position.
    """
    found = (answers.true == true) & (answers.predicted == predicted)
    rows = np.flatnonzero(found.any(1))
    confidence = np.where(found[rows], answers.confidence[rows], -1.0).max(1) if len(rows) else np.empty(0)
    return [int(rows[index]) for index in np.argsort(-confidence, kind="stable")[:most]]
