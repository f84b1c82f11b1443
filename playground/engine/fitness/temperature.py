"""The temperature that mends confidences: logits divided by it give the true class the greatest likelihood."""

from __future__ import annotations

from math import exp, log
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from playground.engine.evaluation.answers import ClassAnswers
from playground.engine.evaluation.calibration import BINS
from playground.spec.cancelling import stop_if_cancelled

Floats = npt.NDArray[np.float64]

LOWEST, HIGHEST = 0.01, 100.0  # a temperature outside says that there is none
_STEPS = 48  # halvings of the range, in logarithms: 9.2 / 2⁴⁸
_LEAST = log(1e-12)  # stands for the logarithm of a probability of 0
_ROUNDS = 500  # draws of what chance alone does to the calibration error


class Temperature(NamedTuple):
    """A temperature, and the mean of -ln p(truth) in nats before and after."""

    value: float
    nll_before: float
    nll_after: float


def log_shares(answers: ClassAnswers) -> Floats | None:
    """The logarithms of the probabilities, (N · P, C): logits up to a constant in each row; None if not kept."""
    if answers.log_odds is None:
        return None
    logs: Floats = -np.logaddexp(0.0, -answers.log_odds.astype(np.float64))
    return np.where(np.isneginf(logs), _LEAST, logs)


def fitted_temperature(logits: Floats, targets: npt.NDArray[np.integer]) -> Temperature | None:
    """The T > 0 at which the mean of -ln softmax(z / T)[truth] is least.

    It is convex in β = 1 / T with the slope E over softmax(β z) of z, less z of the truth, whose root is bisected.
    Source: Guo, Pleiss, Sun and Weinberger, 2017, “On calibration of modern neural networks”, section 4.2.

    Args:
        logits: (N, C), finite, N at least 1.
        targets: (N,), the true classes.

    Returns:
        None where the minimum lies outside of `LOWEST` to `HIGHEST`: at 0, where all answers are right, or at
        infinity, where they are worse than guessing.
    """
    known = logits - logits.max(1, keepdims=True)
    truth = np.take_along_axis(known, targets[:, None], 1)[:, 0]

    def slope(beta: float) -> float:
        weights = np.exp(beta * known)
        return float(np.mean((weights * known).sum(1) / weights.sum(1) - truth))

    low, high = 1 / HIGHEST, 1 / LOWEST
    if not slope(low) < 0 < slope(high):
        return None
    for _ in range(_STEPS):
        middle = exp((log(low) + log(high)) / 2)
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    value = 1 / exp((log(low) + log(high)) / 2)
    return Temperature(value, nll(logits, targets), nll(logits / value, targets))


def nll(logits: Floats, targets: npt.NDArray[np.integer]) -> float:
    """The mean of -ln softmax(z)[truth], from logits (N, C) and classes (N,)."""
    known = logits - logits.max(1, keepdims=True)
    truth = np.take_along_axis(known, targets[:, None], 1)[:, 0]
    return float(np.mean(np.log(np.exp(known).sum(1)) - truth))


def confidences(logits: Floats, temperature: float) -> Floats:
    """The greatest of softmax(z / T) in each row, (N,)."""
    known = (logits - logits.max(1, keepdims=True)) / temperature
    return np.asarray(1 / np.exp(known).sum(1), dtype=np.float64)


def chance_error(confidence: npt.NDArray[np.floating]) -> float:
    """The calibration error that a calibrated network stays below with a probability of 95 %, by chance.

    Few answers scatter, and give an error also where each confidence is true: answers are drawn to be right with
    their confidence, and the error of each of 500 draws is taken. Source: consistency resampling, Bröcker and Smith,
    2007, “Increasing the reliability of reliability diagrams”, Weather and Forecasting 22.

    Args:
        confidence: in [0, 1], of any shape, not empty; answers are taken as independent.

    Raises:
        Cancelled: as `stop_if_cancelled`.
    """
    known, generator = np.sort(confidence.ravel().astype(np.float64)), np.random.default_rng(0)
    starts = np.unique(np.searchsorted(known, np.arange(BINS) / BINS))
    starts, found = starts[starts < known.size], []
    for _ in range(_ROUNDS):
        stop_if_cancelled()
        gaps = (generator.random(known.size) < known) - known
        found.append(np.abs(np.add.reduceat(gaps, starts)).sum() / known.size)
    return float(np.quantile(found, 0.95))
