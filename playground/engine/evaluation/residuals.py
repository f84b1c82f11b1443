"""Residuals of predicted numbers, with their usual errors in the unit of the target."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from playground.engine.evaluation.answers import Answers, Floats, NumberAnswers
from playground.spec.messages import Message, message


class Residuals(NamedTuple):
    """Predicted less true, (N,), and what sums them up; all in the unit of the target, except R²."""

    values: Floats
    rmse: float  # √ mean (predicted - true)²
    mae: float  # mean |predicted - true|
    bias: float  # mean of predicted - true
    r_squared: float  # 1 - Σ (predicted - true)² / Σ (true - mean)²; NaN where all targets are equal


def residuals(answers: NumberAnswers) -> Residuals:
    """Errors of predicted numbers; of at least one sample."""
    values = answers.predicted - answers.true
    varies = bool(np.ptp(answers.true))  # equal numbers may differ from their mean by its rounding
    spread = float(np.square(answers.true - answers.true.mean()).sum())
    squares = float(np.square(values).sum())
    return Residuals(
        values=values,
        rmse=float(np.sqrt(np.square(values).mean())),
        mae=float(np.abs(values).mean()),
        bias=float(values.mean()),
        r_squared=1.0 - squares / spread if varies and spread > 0 else float("nan"),
    )


def undefined_score(answers: Answers) -> Message | None:
    """Why the score, R², is not defined; None where it is."""
    if not answers.same_targets:
        return None
    if answers.samples == 1:
        return message("R² is not defined for a single sample")
    return message("R² is not defined where all targets are the same")
