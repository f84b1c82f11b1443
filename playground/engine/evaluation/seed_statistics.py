"""Statistics over runs of one experiment that differ in their seed alone: mean, spread and t-tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from statistics import fmean, stdev
from typing import NamedTuple

from playground.engine.evaluation.student_t import quantile, two_sided_p

CONFIDENCE = 0.95  # of the interval of a mean
SIGNIFICANT = 0.05  # 1 − CONFIDENCE, so that test and interval agree; a difference is claimed where p is below
_NO_SPREAD = 1e-12  # of the greatest value: a standard error below it is the rounding of equal values


class Spread(NamedTuple):
    """Mean and spread of a figure over n runs; what needs two runs is None for one."""

    n: int
    mean: float
    sd: float | None  # standard deviation of the runs, dividing by n − 1
    low: float | None  # bounds of the confidence interval of the mean
    high: float | None


class TTest(NamedTuple):
    """A two-sided t-test of the hypothesis that two means are equal."""

    paired: bool  # over the seeds that both groups have; else Welch's test
    t: float
    degrees: float  # of freedom
    p: float
    difference: float  # of the means: that of the first group less the other's
    error: float  # its standard error

    @property
    def low(self) -> float:
        """The lower bound of the confidence interval of the difference."""
        return self.difference - self._half

    @property
    def high(self) -> float:
        """The upper bound."""
        return self.difference + self._half

    @property
    def _half(self) -> float:
        """t(0.975; degrees) · error; computed on demand, as it takes some milliseconds."""
        return quantile(CONFIDENCE, self.degrees) * self.error

    def turned(self) -> TTest:
        """The test of the same groups in the other order."""
        return self._replace(t=-self.t, difference=-self.difference)


def spread(values: Sequence[float]) -> Spread:
    """Mean, standard deviation and 95 % confidence interval of the mean: x̄ ± t(0.975; n − 1) s / √n.

    The interval supposes that the values scatter about their mean as a normal distribution does. Source: Student
    (1908), “The probable error of a mean”, Biometrika 6.

    Args:
        values: finite numbers, one for each run.

    Raises:
        ValueError: there is none.
    """
    if not values:
        raise ValueError("there is no mean of no values")
    n, mean = len(values), fmean(values)
    if n == 1:
        return Spread(n, mean, None, None, None)
    sd = stdev(values)
    half = quantile(CONFIDENCE, n - 1) * sd / sqrt(n)
    return Spread(n, mean, sd, mean - half, mean + half)


def t_test(a: Mapping[int, float], b: Mapping[int, float]) -> TTest | None:
    """Test whether the means of two groups differ; a positive t means that a's is greater.

    The test is paired if both groups have the same seeds: runs of one seed share their random numbers, and what the
    seed decides then cancels out. If they share only some or none, it is Welch's test, with all runs of both.
    The confidence interval of the difference has the error and the degrees of freedom of the test: it leaves out 0
    exactly where p is below 0.05.

    Args:
        a: a finite value for each seed of one group.
        b: the same for the other.

    Returns:
        None if a group has fewer than two values, or if nothing varies, so that there is no error to compare with.
    """
    if min(len(a), len(b)) < 2:
        return None
    scale = max(map(abs, (*a.values(), *b.values())))
    if a.keys() == b.keys():
        return _paired([a[seed] - b[seed] for seed in a], scale)
    return _welch(list(a.values()), list(b.values()), scale)


def _paired(differences: Sequence[float], scale: float) -> TTest | None:
    """t = d̄ / (s / √n) with n − 1 degrees of freedom, of the differences d; Student (1908)."""
    n = len(differences)
    error = stdev(differences) / sqrt(n)
    if error <= _NO_SPREAD * scale:
        return None
    return _tested(True, fmean(differences), error, n - 1)


def _welch(a: Sequence[float], b: Sequence[float], scale: float) -> TTest | None:
    """t = (ā − b̄) / √(vₐ + v_b) with v = s² / n; degrees of freedom (vₐ + v_b)² / (vₐ² / (nₐ − 1) + v_b² / (n_b − 1)).

    Source: Welch (1947), “The generalization of ‘Student's’ problem when several different population variances are
    involved”, Biometrika 34.
    """
    errors = [stdev(values) / sqrt(len(values)) for values in (a, b)]
    error = sqrt(sum(item * item for item in errors))
    if error <= _NO_SPREAD * scale:
        return None
    shares = [(item / error) ** 2 for item in errors]  # of the variance; they sum to 1, and do not underflow
    degrees = 1 / sum(share * share / (len(values) - 1) for share, values in zip(shares, (a, b), strict=True))
    return _tested(False, fmean(a) - fmean(b), error, degrees)


def _tested(paired: bool, difference: float, error: float, degrees: float) -> TTest:
    t = difference / error
    return TTest(paired, t, degrees, two_sided_p(t, degrees), difference, error)
