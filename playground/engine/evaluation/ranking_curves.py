"""How well the probability of one class separates it from the rest: ROC and precision–recall curves, with areas."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class RankingCurves(NamedTuple):
    """Curves of one class against the rest, a point for each probability that occurs, the highest first.

    The areas are NaN where the class, or all others, do not occur; the curves then are empty.
    """

    false_positives: Floats  # (K + 1,) share of the others that are above the threshold; begins at 0
    recall: Floats  # (K + 1,) share of the class above it, the true positive rate; begins at 0
    precision: Floats  # (K + 1,) share of the class among those above it; begins with its second value
    roc_area: float  # from 0 to 1; 0.5 by chance
    average_precision: float  # area under precision–recall, from 0 to 1; the share of the class by chance


def ranking_curves(probability: npt.NDArray[np.floating], belongs: npt.NDArray[np.bool_]) -> RankingCurves:
    """ROC and precision–recall curve of one class against the rest.

    The area under the ROC curve is that of its trapezoids, which is the probability that a random member of the class
    gets a greater probability than a random other sample, ties counting half (Hanley and McNeil, 1982). The average
    precision is Σ (R_k - R_{k-1}) P_k, without interpolation, which would be too optimistic (Davis and Goadrich, 2006).

    Args:
        probability: (N,), of the class for each sample, or what ranks samples as it does: log-odds keep apart what
            rounding makes equal.
        belongs: (N,), whether each sample is of the class.
    """
    positives = int(np.count_nonzero(belongs))
    negatives = len(belongs) - positives
    if not positives or not negatives:
        empty: Floats = np.empty(0)
        return RankingCurves(empty, empty, empty, float("nan"), float("nan"))
    order = np.argsort(-probability, kind="stable")
    ranked, members = probability[order], belongs[order]
    last = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))  # of each group of equal probabilities
    hits = np.cumsum(members)[last]
    precision = hits / (last + 1)
    recall = np.append(0.0, hits / positives)
    false_positives = np.append(0.0, (last + 1 - hits) / negatives)
    area = float(np.trapezoid(recall, false_positives))
    average = float(np.sum(np.diff(recall) * precision))
    return RankingCurves(false_positives, recall, np.append(precision[0], precision), area, average)
