"""Student's t distribution against tables, closed forms and, where it is installed, scipy."""

from __future__ import annotations

from math import atan, inf, nan, pi, sqrt

import pytest

from playground.engine.evaluation.student_t import incomplete_beta, quantile, two_sided_p

TABLE = {  # Abramowitz & Stegun, table 26.10: t with |T| below it with that probability, by degrees of freedom
    (0.9, 1): 6.314,
    (0.95, 1): 12.706,
    (0.95, 2): 4.303,
    (0.95, 4): 2.776,
    (0.95, 9): 2.262,
    (0.99, 9): 3.250,
    (0.95, 30): 2.042,
    (0.999, 30): 3.646,
    (0.95, 120): 1.980,
}
DEGREES = (0.5, 1, 2, 3.7, 10, 100.5, 5e4)


@pytest.mark.parametrize(("confidence", "degrees"), TABLE)
def test_quantiles_are_those_of_the_table(confidence: float, degrees: float) -> None:
    found = quantile(confidence, degrees)
    assert round(found, 3) == TABLE[confidence, degrees]
    assert two_sided_p(found, degrees) == pytest.approx(1 - confidence, rel=1e-12)


@pytest.mark.parametrize("t", [0.0, 1e-8, 1e-6, 0.3, 1.0, 2.5, 40.0, 1e5])
def test_one_and_two_degrees_have_a_closed_form(t: float) -> None:
    assert two_sided_p(t, 1) == pytest.approx(1 - 2 / pi * atan(t), rel=1e-9, abs=1e-15)
    assert two_sided_p(-t, 2) == pytest.approx(1 - t / sqrt(2 + t * t), rel=1e-9, abs=1e-9)


def test_many_degrees_are_a_normal_distribution() -> None:
    assert quantile(0.95, 1e7) == pytest.approx(1.959964, abs=1e-5)


def test_whole_parameters_are_a_binomial_sum() -> None:
    """I_x(2, 3) = Σ_{j ≥ 2} C(4, j) xʲ (1 − x)⁴⁻ʲ, on both sides of the symmetry."""
    for x in (0.0, 0.1, 0.5, 0.9, 1.0):
        expected = 6 * x**2 * (1 - x) ** 2 + 4 * x**3 * (1 - x) + x**4
        assert incomplete_beta(2, 3, x) == pytest.approx(expected, rel=1e-13)


def test_extremes() -> None:
    assert two_sided_p(inf, 3) == two_sided_p(1e300, 3) == 0.0
    assert two_sided_p(0.0, 3) == 1.0


@pytest.mark.parametrize("arguments", [(0, 1, 0.5), (1, -1, 0.5), (1, 1, 1.1), (1, 1, nan)])
def test_what_is_out_of_range_is_refused(arguments: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="above 0"):
        incomplete_beta(*arguments)


def test_no_t_and_no_degrees_are_refused() -> None:
    for t, degrees in ((nan, 1.0), (1.0, 0.0), (1.0, nan)):
        with pytest.raises(ValueError, match="above 0"):
            two_sided_p(t, degrees)
    with pytest.raises(ValueError, match="between 0 and 1"):
        quantile(1.0, 3)


@pytest.mark.parametrize("degrees", DEGREES)
def test_it_agrees_with_scipy(degrees: float) -> None:
    stats = pytest.importorskip("scipy.stats")
    for t in (0.001, 0.1, 1.0, 3.0, 30.0, 1000.0):
        assert two_sided_p(t, degrees) == pytest.approx(2 * stats.t.sf(t, degrees), rel=1e-9, abs=1e-300)
    for confidence in (0.1, 0.95, 0.9999):
        assert quantile(confidence, degrees) == pytest.approx(stats.t.ppf((1 + confidence) / 2, degrees), rel=1e-9)
