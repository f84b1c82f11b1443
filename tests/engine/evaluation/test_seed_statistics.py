"""Mean, spread and t-tests over seeds, against examples worked by hand, numpy and, where it is installed, scipy."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from playground.engine.evaluation.seed_statistics import SIGNIFICANT, spread, t_test
from playground.engine.evaluation.student_t import two_sided_p

Values = dict[int, float]


def by_seed(values: list[float], first: int = 0) -> Values:
    """Values of the seeds from `first` on."""
    return dict(enumerate(values, first))


def test_the_spread_of_five_runs() -> None:
    values = [0.97, 0.975, 0.98, 0.972, 0.978]
    found = spread(values)
    assert (found.n, found.mean, found.sd) == (5, pytest.approx(np.mean(values)), pytest.approx(np.std(values, ddof=1)))
    half = 2.776445105 * np.std(values, ddof=1) / sqrt(5)
    assert (found.low, found.high) == (pytest.approx(found.mean - half), pytest.approx(found.mean + half))


def test_one_run_has_no_spread_and_no_run_no_mean() -> None:
    assert spread([0.5]) == (1, 0.5, None, None, None)
    with pytest.raises(ValueError, match="no mean"):
        spread([])


def test_the_interval_holds_the_mean_in_95_of_100_cases() -> None:
    samples = np.random.default_rng(0).normal(3.0, 2.0, (4000, 3))
    found = [spread(list(sample)) for sample in samples]
    held = np.mean([item.low <= 3.0 <= item.high for item in found if item.low is not None and item.high is not None])
    assert abs(held - 0.95) < 0.011  # three standard errors


def test_other_seeds_make_it_welchs_test() -> None:
    """Variances 1 and 4 of three runs each: v = 1/3 and 4/3, so t = −2 / √(5/3) and (25/9) / (17/18) degrees."""
    found = t_test(by_seed([1, 2, 3]), by_seed([2, 4, 6], first=1))
    assert found is not None
    assert not found.paired
    assert (found.t, found.degrees) == (pytest.approx(-2 / sqrt(5 / 3)), pytest.approx(50 / 17))
    assert found.p == two_sided_p(found.t, found.degrees)
    half = 3.2187586 * sqrt(5 / 3)  # t(0.975; 2.941), between 4.3027 of 2 and 3.1824 of 3 degrees of freedom
    assert (found.low, found.high) == (pytest.approx(-2 - half, rel=1e-6), pytest.approx(-2 + half, rel=1e-6))


def test_the_same_seeds_make_it_a_paired_test_in_whatever_order() -> None:
    """Differences 1, 2, 3: mean 2, standard deviation 1."""
    found = t_test({7: 11.0, 8: 22.0, 9: 33.0}, {9: 30.0, 7: 10.0, 8: 20.0})
    assert found is not None
    assert found[:4] == (True, pytest.approx(2 * sqrt(3)), 2, pytest.approx(1 - sqrt(12) / sqrt(14)))
    half = 4.302652730 / sqrt(3)  # t(0.975; 2) times the standard error
    assert (found.low, found.high) == (pytest.approx(2 - half), pytest.approx(2 + half))


@pytest.mark.parametrize("first", [0, 5])
def test_the_other_order_turns_the_test_round(first: int) -> None:
    a, b = by_seed([1, 2, 3.5]), by_seed([2, 4, 9], first)
    one, other = t_test(a, b), t_test(b, a)
    assert one is not None
    assert other is not None
    assert one.turned() == pytest.approx(other)
    assert (-one.high, -one.low) == pytest.approx((other.low, other.high))


@pytest.mark.parametrize("first", [0, 100])
def test_the_interval_leaves_out_0_exactly_where_a_difference_is_claimed(first: int) -> None:
    random = np.random.default_rng(3)
    claimed = set()
    for shift in np.linspace(0, 4, 60):
        found = t_test(by_seed(list(random.normal(shift, 1, 5))), by_seed(list(random.normal(0, 2, 5)), first))
        assert found is not None
        assert (found.low > 0 or found.high < 0) is (found.p < SIGNIFICANT)
        claimed.add(found.p < SIGNIFICANT)
    assert claimed == {True, False}


@pytest.mark.parametrize("first", [0, 100])
def test_the_interval_holds_the_difference_in_95_of_100_cases(first: int) -> None:
    random = np.random.default_rng(4)
    a, b = random.normal(3.0, 1.0, (400, 5)), random.normal(1.0, 1.0, (400, 5))
    tests = [t_test(by_seed(list(x)), by_seed(list(y), first)) for x, y in zip(a, b, strict=True)]
    held = np.mean([test.low <= 2.0 <= test.high for test in tests if test is not None])
    assert abs(held - 0.95) < 0.033  # three standard errors


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([1.0], [1.0, 2.0]),
        ([], []),
        ([0.97, 0.97], [0.95, 0.95]),
        ([0.97, 0.97, 0.97], [0.95, 0.95]),
        ([0.1 + 0.2, 0.7], [0.3 - 0.1, 0.6]),  # the differences are equal but for rounding
    ],
)
def test_too_few_runs_and_no_variation_allow_no_test(a: list[float], b: list[float]) -> None:
    assert t_test(by_seed(a), by_seed(b)) is None


@pytest.mark.parametrize("first", [0, 100])
def test_equal_means_are_called_different_in_5_of_100_cases(first: int) -> None:
    """Both tests keep their level; a shared part of each seed does not hurt the paired one."""
    random = np.random.default_rng(1)
    a, b = random.normal(0, 1.0, (2, 4000, 5)) + random.normal(0, 3.0, (4000, 5)) * (first == 0)
    tests = [t_test(by_seed(list(x)), by_seed(list(y), first)) for x, y in zip(a, b, strict=True)]
    claimed = np.mean([test.p < 0.05 for test in tests if test is not None])
    assert 0.035 < claimed < 0.061


def test_the_tests_agree_with_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    random = np.random.default_rng(2)
    for scale in (1e-6, 1.0, 50.0):
        a, b = random.normal(0.9, 0.01, 6), random.normal(0.9, 0.01 * scale, 6)
        welch, paired = t_test(by_seed(list(a)), by_seed(list(b), 1)), t_test(by_seed(list(a)), by_seed(list(b)))
        assert welch is not None
        assert paired is not None
        expected = stats.ttest_ind(a, b, equal_var=False)
        assert welch[1:4] == pytest.approx((expected.statistic, expected.df, expected.pvalue), rel=1e-8)
        expected = stats.ttest_rel(a, b)
        assert paired[1:4] == pytest.approx((expected.statistic, expected.df, expected.pvalue), rel=1e-8)
        for test, interval in ((welch, stats.ttest_ind(a, b, equal_var=False)), (paired, stats.ttest_rel(a, b))):
            assert (test.low, test.high) == pytest.approx(tuple(interval.confidence_interval(0.95)), rel=1e-8)
        low, high = stats.t.interval(0.95, 5, np.mean(a), stats.sem(a))
        assert spread(list(a))[3:] == pytest.approx((low, high), rel=1e-8)
