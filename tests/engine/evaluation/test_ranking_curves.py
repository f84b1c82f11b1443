"""ROC and precision–recall, against counting pairs and thresholds, and against scipy."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from playground.engine.evaluation.ranking_curves import ranking_curves


@pytest.fixture
def ranked() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(2)
    belongs = random.random(150) < 0.3
    return np.round(0.3 * belongs + random.random(150), 1), belongs  # with many ties


def test_the_area_under_roc_is_the_share_of_pairs_in_order(ranked: tuple[np.ndarray, np.ndarray]) -> None:
    probability, belongs = ranked
    inside, outside = probability[belongs], probability[~belongs]
    pairs = [(a > b) + 0.5 * (a == b) for a in inside for b in outside]
    found = ranking_curves(probability, belongs)
    assert found.roc_area == pytest.approx(sum(pairs) / len(pairs))
    assert found.roc_area == pytest.approx(mannwhitneyu(inside, outside).statistic / len(pairs))


def test_each_point_is_that_of_a_threshold(ranked: tuple[np.ndarray, np.ndarray]) -> None:
    probability, belongs = ranked
    found = ranking_curves(probability, belongs)
    average, before = 0.0, 0.0
    thresholds = sorted(set(probability), reverse=True)
    assert len(found.recall) == len(thresholds) + 1
    for number, threshold in enumerate(thresholds, 1):
        above = probability >= threshold
        recall, precision = (above & belongs).sum() / belongs.sum(), (above & belongs).sum() / above.sum()
        assert found.recall[number] == pytest.approx(recall)
        assert found.precision[number] == pytest.approx(precision)
        assert found.false_positives[number] == pytest.approx((above & ~belongs).sum() / (~belongs).sum())
        average, before = average + (recall - before) * precision, recall
    assert found.average_precision == pytest.approx(average)
    assert (found.recall[0], found.false_positives[0]) == (0, 0)
    assert (found.recall[-1], found.false_positives[-1]) == (1, 1)


def test_perfect_and_hopeless() -> None:
    belongs = np.array([True, True, False])
    assert ranking_curves(np.array([0.9, 0.8, 0.1]), belongs)[3:] == (1.0, 1.0)
    assert ranking_curves(np.array([0.5, 0.5, 0.5]), belongs).roc_area == 0.5
    assert ranking_curves(np.array([0.1, 0.2, 0.9]), belongs).roc_area == 0.0


@pytest.mark.parametrize("belongs", [[False, False], [True, True]])
def test_without_the_class_or_the_rest_there_is_no_area(belongs: list[bool]) -> None:
    found = ranking_curves(np.array([0.1, 0.9]), np.array(belongs))
    assert isnan(found.roc_area)
    assert isnan(found.average_precision)
    assert not len(found.recall)
