"""The figures of an evaluation as plain values, for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from playground.engine.evaluation.answers import Answers, ClassAnswers, NumberAnswers
from playground.engine.evaluation.calibration import BINS, DEFINITION, at_threshold, calibration, threshold_curve
from playground.engine.evaluation.class_figures import MOST_CLASSES, class_figures, confusion_matrix, most_confused
from playground.engine.evaluation.ranking_curves import ranking_curves
from playground.engine.evaluation.residuals import residuals
from playground.spec.data.task import Task

THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.99)  # of the confidence


def report(answers: Answers, task: Task, names: Sequence[str]) -> dict[str, Any]:
    """All figures that suit the task; a figure that is 0 / 0 is None, and so is a table that does not suit it.

    Args:
        answers: of a network.
        task: what it was asked.
        names: of the classes, in their order.

    Returns:
        `loss`, `score`, `classes`, `confusion` (rows true; None for more than `MOST_CLASSES`), `per_class`,
        `calibration` and `thresholds`; for a number also `regression`, for many numbers `reconstruction`; where there
        are several positions, `confused`, the pairs of classes that are confused most often.
    """
    found: dict[str, Any] = {"loss": answers.evaluation.loss, "score": answers.evaluation.score}
    found["score_name"] = task.score.key
    if answers.evaluation.plain_loss is not None:
        found["plain_loss"] = answers.evaluation.plain_loss
    found |= {"classes": None, "confusion": None, "per_class": None, "calibration": None}
    if answers.classes is not None:
        return found | _of_classes(answers.classes, names)
    if answers.numbers is not None:
        return found | {"regression": _of_numbers(answers.numbers)}
    errors = answers.errors
    spread = {"mean": errors.mean(), "median": np.median(errors), "worst": errors.max()}
    return found | {"reconstruction": {"rmse": {key: float(value) for key, value in spread.items()}}}


def _of_classes(found: ClassAnswers, names: Sequence[str]) -> dict[str, Any]:
    right = found.true == found.predicted
    reliable, curve = calibration(found.confidence, right), threshold_curve(found.confidence, right, found.certainty)
    values: dict[str, Any] = {"classes": list(names), "positions": int(found.true.size)}
    if found.class_count <= MOST_CLASSES:
        confusion = confusion_matrix(found.true, found.predicted, found.class_count)
        values |= {"confusion": confusion.tolist(), "per_class": _per_class(found, confusion, names)}
    if found.true.shape[1] > 1 or found.class_count > MOST_CLASSES:
        pairs = most_confused(found.true, found.predicted)
        values["confused"] = [
            {"class": names[pair.true], "answer": names[pair.predicted], "count": pair.times} for pair in pairs
        ]
    columns = (reliable.edges[:-1], reliable.edges[1:], reliable.counts, reliable.confidence, reliable.accuracy)
    keys = ("from", "to", "count", "confidence", "accuracy")
    bins = [dict(zip(keys, row, strict=True)) for row in zip(*(item.tolist() for item in columns), strict=True)]
    values["calibration"] = {"ece": reliable.ece, "bins": bins, "definition": DEFINITION.format(bins=BINS)}
    at = [(threshold, *at_threshold(curve, threshold)) for threshold in THRESHOLDS]
    values["thresholds"] = [dict(zip(("threshold", "answered", "accuracy"), row, strict=True)) for row in at]
    return values


def _per_class(found: ClassAnswers, confusion: Any, names: Sequence[str]) -> list[dict[str, Any]]:
    figures = class_figures(confusion)
    rows = []
    for number, name in enumerate(names):
        row = {"class": name, **{key: getattr(figures, key)[number].item() for key in figures._fields}}
        if found.log_odds is not None:
            curves = ranking_curves(found.log_odds[:, number], found.true.ravel() == number)
            row |= {"roc_area": curves.roc_area, "average_precision": curves.average_precision}
        rows.append(row)
    return rows


def _of_numbers(found: NumberAnswers) -> dict[str, float]:
    errors = residuals(found)
    return {"rmse": errors.rmse, "mae": errors.mae, "bias": errors.bias, "r2": errors.r_squared}
