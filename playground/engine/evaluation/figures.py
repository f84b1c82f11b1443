"""All figures that the tabs of an evaluation show, computed at once outside the window's thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from playground.engine.evaluation.answers import Answers, ClassAnswers
from playground.engine.evaluation.calibration import Calibration, ThresholdCurve, calibration, threshold_curve
from playground.engine.evaluation.class_figures import (
    MOST_CLASSES,
    ClassFigures,
    ConfusedPair,
    Counts,
    class_figures,
    confusion_matrix,
    most_confused,
    similarity_order,
)
from playground.engine.evaluation.mistakes import most_wrong
from playground.engine.evaluation.ranking_curves import RankingCurves, ranking_curves
from playground.engine.evaluation.residuals import Residuals, residuals

MOST_CURVES = 60  # classes with curves of their own
MOST_ORDERED = 200  # classes that are ordered by similarity
_POINTS = 400  # of a curve that is drawn


class ClassTables(NamedTuple):
    """Figures where classes are answered."""

    confusion: Counts  # (C, C), rows true
    per_class: ClassFigures
    order: tuple[int, ...]  # of classes, by similarity
    pairs: tuple[ConfusedPair, ...]  # the commonest confusions
    calibration: Calibration
    thresholds: ThresholdCurve
    ranking: tuple[RankingCurves, ...]  # of each class; empty where they are too many


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """Figures of an evaluation; of `classes` and `residuals`, at most one is there."""

    worst: tuple[int, ...]  # indices of the most wrong samples
    classes: ClassTables | None = None  # None also for more than `MOST_CLASSES`
    residuals: Residuals | None = None


def figures(answers: Answers) -> Figures:
    """The figures of answers; curves are thinned to a few hundred points, their areas are not."""
    worst = tuple(most_wrong(answers))
    if answers.numbers is not None:
        return Figures(worst, residuals=residuals(answers.numbers))
    if answers.classes is None or answers.classes.class_count > MOST_CLASSES:
        return Figures(worst)
    return Figures(worst, _tables(answers.classes))


def _tables(found: ClassAnswers) -> ClassTables:
    confusion = confusion_matrix(found.true, found.predicted, found.class_count)
    right, classes = found.true == found.predicted, found.class_count
    order = similarity_order(confusion) if classes <= MOST_ORDERED else range(classes)
    ranking: tuple[RankingCurves, ...] = ()
    if found.log_odds is not None and classes <= MOST_CURVES:
        true = found.true.ravel()
        every = (ranking_curves(found.log_odds[:, number], true == number) for number in range(classes))
        ranking = tuple(map(_thinned_ranking, every))
    curve = threshold_curve(found.confidence, right, found.certainty)
    return ClassTables(
        confusion=confusion,
        per_class=class_figures(confusion),
        order=tuple(order),
        pairs=most_confused(found.true, found.predicted, 50),
        calibration=calibration(found.confidence, right),
        thresholds=ThresholdCurve(*(item[_kept(len(item))] for item in curve)),
        ranking=ranking,
    )


def _thinned_ranking(curves: RankingCurves) -> RankingCurves:
    kept = _kept(len(curves.recall))
    return curves._replace(
        false_positives=curves.false_positives[kept], recall=curves.recall[kept], precision=curves.precision[kept]
    )


def _kept(count: int) -> Counts:
    """The indices of some points of a curve, the first and the last among them."""
    return np.unique(np.linspace(0, count - 1, min(count, _POINTS)).astype(np.int64)) if count else np.arange(0)
