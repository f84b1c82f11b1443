"""How far a network's confidence can be trusted: reliability, calibration error, and answers above a threshold."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from playground.spec.messages import tr_noop

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

BINS = 15  # as many as Guo et al. have
DEFINITION = tr_noop(
    "Expected calibration error (Guo et al., 2017): the mean over {bins} bins of |accuracy − mean confidence|, "
    "weighted by the answers in each. Bin i holds confidences from i/{bins} to below (i + 1)/{bins}; the last "
    "also holds 1."
)


class Calibration(NamedTuple):
    """Reliability of confidences in M bins of equal width, and the expected calibration error."""

    edges: Floats  # (M + 1,), from 0 to 1
    counts: Counts  # (M,) answers in each bin
    confidence: Floats  # (M,) their mean confidence; NaN in an empty bin
    accuracy: Floats  # (M,) the share of them that are right; NaN in an empty bin
    ece: float  # from 0 to 1


class ThresholdCurve(NamedTuple):
    """The accuracy of a network that answers only from a confidence on, from the highest to the lowest, (K,)."""

    threshold: Floats  # each confidence that occurs, never rising
    share: Floats  # of the samples that are answered, above 0
    accuracy: Floats  # of those


def calibration(confidence: npt.NDArray[np.floating], right: npt.NDArray[np.bool_], bins: int = BINS) -> Calibration:
    """Compare confidence with accuracy in bins of equal width: [0, 1/M), [1/M, 2/M), …, [(M - 1)/M, 1].

    The last bin is closed: a confidence of 1 belongs to it. ECE = Σ (n_m / n) |accuracy_m - confidence_m|. Source: Guo,
    Pleiss, Sun and Weinberger, 2017, “On calibration of modern neural networks”, whose bins are open below instead.

    Args:
        confidence: in [0, 1], of any shape.
        right: whether each answer is right, of the same shape.
        bins: M, at least 1.

    Raises:
        ValueError: there is no answer, or a confidence is not within [0, 1].
    """
    known = confidence.ravel().astype(np.float64)
    if not known.size or not (known.min() >= 0 and known.max() <= 1 + 1e-6):
        raise ValueError("there should be confidences between 0 and 1")
    edges = np.arange(bins + 1) / bins
    place = np.clip(np.searchsorted(edges, known, side="right") - 1, 0, bins - 1)
    counts = np.bincount(place, minlength=bins)
    sums = [np.bincount(place, weights, bins) for weights in (known, right.ravel().astype(np.float64))]
    mean, accuracy = (np.divide(item, counts, out=np.full(bins, np.nan), where=counts > 0) for item in sums)
    ece = float(np.abs(sums[1] - sums[0]).sum() / known.size)
    return Calibration(edges, counts, mean, accuracy, ece)


def threshold_curve(
    confidence: npt.NDArray[np.floating],
    right: npt.NDArray[np.bool_],
    certainty: npt.NDArray[np.floating] | None = None,
) -> ThresholdCurve:
    """Share answered and accuracy where only confidences of at least a threshold count, for each that occurs.

    Source: El-Yaniv and Wiener, 2010, “On the foundations of noise-free selective classification” (coverage and risk;
    accuracy is 1 - risk).

    Args:
        confidence: of any shape, not empty.
        right: whether each answer is right, of the same shape.
        certainty: of the same shape, orders the answers where confidences are rounded, as their log-odds do.
    """
    rank = (confidence if certainty is None else certainty).ravel()
    order = np.argsort(-rank, kind="stable")
    rank, hits = rank[order], np.cumsum(right.ravel()[order])
    known = np.minimum.accumulate(confidence.ravel()[order].astype(np.float64))
    last = np.flatnonzero(np.append(rank[1:] != rank[:-1], True))  # of each group that is equally certain
    answered = last + 1
    return ThresholdCurve(known[last], answered / len(known), hits[last] / answered)


def at_threshold(curve: ThresholdCurve, threshold: float) -> tuple[float, float | None]:
    """Share answered, and accuracy, at a threshold; 0 and None where nothing is that certain."""
    index = int(np.searchsorted(-curve.threshold, -threshold, side="right")) - 1
    return (0.0, None) if index < 0 else (float(curve.share[index]), float(curve.accuracy[index]))
