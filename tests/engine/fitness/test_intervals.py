"""Confidence intervals, against scipy and resampling by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats

from playground.engine.evaluation.scores import Scoring
from playground.engine.fitness.intervals import bootstrap, score_statistic, wilson
from playground.spec.data.task import Score, Task, score_of


@pytest.mark.parametrize(
    ("right", "count"), [(0, 1), (1, 1), (0, 30), (29, 30), (30, 30), (9931, 10_000), (5, 10), (1, 1_000_000)]
)
def test_a_share_has_the_interval_of_wilson(right: int, count: int) -> None:
    found = wilson(right, count)
    expected = stats.binomtest(right, count).proportion_ci(0.95, method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize(("right", "count"), [(-1, 5), (6, 5), (0, 0)])
def test_there_is_no_interval_of_impossible_counts(right: int, count: int) -> None:
    with pytest.raises(ValueError, match="right ones"):
        wilson(right, count)


def test_a_bootstrap_of_a_mean_is_that_of_scipy() -> None:
    values = np.random.default_rng(4).gamma(2.0, size=300)
    found = bootstrap(values[:, None], lambda sums: sums[:, 0] / len(values))
    expected = stats.bootstrap(
        (values,), np.mean, method="percentile", n_resamples=20_000, random_state=np.random.default_rng(1)
    ).confidence_interval
    width = expected.high - expected.low
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.05 * width)
    assert found == bootstrap(values[:, None], lambda sums: sums[:, 0] / len(values))


def test_a_bootstrap_takes_whole_samples() -> None:
    """Resampled by index and scored anew, R² scatters as the bootstrap of its sums says."""
    random = np.random.default_rng(2)
    true = random.normal(size=(80, 5)) + random.normal(size=(80, 1))  # numbers of a sample are alike
    given = true + random.normal(size=(80, 5)) * 0.5
    sums = np.stack([((given - true) ** 2).sum(1), true.sum(1), (true**2).sum(1)], axis=1)
    found = bootstrap(sums, score_statistic(Score.R2, true.size))
    scored = []
    for _ in range(4000):
        some = random.integers(0, 80, 80)
        left, whole = ((given[some] - true[some]) ** 2).sum(), ((true[some] - true[some].mean()) ** 2).sum()
        scored.append(1 - left / whole)
    low, high = np.quantile(scored, [0.025, 0.975])
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.05 * (high - low))


@pytest.mark.parametrize("score", list(Score))
def test_the_statistic_is_the_score(score: Score) -> None:
    """Also where nothing is there, which is 0 / 0."""
    sums = {Score.ACCURACY: 1, Score.R2: 3}.get(score, 2)
    rows = np.array([[3.0, 5.0, 9.0], [0.0, 0.0, 0.0], [2.0, 4.0, 2.0]])[:, :sums]
    found = score_statistic(score, 10)(rows)
    assert found.tolist() == pytest.approx([score_of(score, tuple(row), 10) for row in rows.tolist()])


def test_the_statistic_is_what_torch_scores() -> None:
    outputs, targets = torch.randn(6, 3, 4, 4), torch.randint(3, (6, 4, 4))
    scoring = Scoring(Task((3, 4, 4), "classes", Score.IOU))
    sums = [item.item() for item in scoring(outputs, targets)]
    assert score_statistic(Score.IOU, 96)(np.array([sums]))[0] == pytest.approx(scoring.score(sums, 6))
