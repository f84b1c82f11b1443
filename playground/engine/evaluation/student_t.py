"""Student's t distribution: what a confidence interval and a t-test need of it, from the incomplete beta function."""

from __future__ import annotations

from math import exp, isnan, lgamma, log, log1p, ulp

_MOST_TERMS = 100_000  # some √max(a, b) are needed
_TINY = 1e-300  # stands for a denominator of 0


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b), from 0 to 1.

    It is xᵃ (1 − x)ᵇ / (a B(a, b)) times a continued fraction, which converges fast below x = (a + 1) / (a + b + 2);
    above, I_x(a, b) = 1 − I_{1−x}(b, a). Source: Abramowitz & Stegun, 26.5.8 and 26.5.2; Press et al., Numerical
    Recipes, 6.4.

    Args:
        a: above 0.
        b: above 0.
        x: from 0 to 1.

    Raises:
        ValueError: one of them is out of its range.
    """
    if not (a > 0 and b > 0 and 0 <= x <= 1):
        raise ValueError(f"a and b should be above 0, and x from 0 to 1, but they are {a}, {b} and {x}")
    if x in (0.0, 1.0):
        return x
    if x > (a + 1) / (a + b + 2):
        return 1.0 - incomplete_beta(b, a, 1.0 - x)
    factor = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    return factor * _continued_fraction(a, b, x) / a


def _continued_fraction(a: float, b: float, x: float) -> float:
    """1 / (1 + d₁ / (1 + d₂ / …)) of Abramowitz & Stegun, 26.5.8, by Lentz's method as modified by Thompson."""
    c, d = 1.0, 1.0 / _nonzero(1.0 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for coefficient in (even, odd):
            d = 1.0 / _nonzero(1.0 + coefficient * d)
            c = _nonzero(1.0 + coefficient / c)
            value *= c * d
        if abs(c * d - 1.0) <= 2 * ulp(1.0):
            break
    return value


def _nonzero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def two_sided_p(t: float, degrees: float) -> float:
    """The probability that |T| is at least |t|: I_x(ν / 2, 1 / 2) at x = ν / (ν + t²).

    Source: Abramowitz & Stegun, 26.7.1 and 26.5.27.

    Args:
        t: the statistic; any number, infinite too.
        degrees: ν, the degrees of freedom, above 0; need not be whole.

    Raises:
        ValueError: `t` is NaN, or `degrees` is not above 0.
    """
    if isnan(t) or not degrees > 0:
        raise ValueError(f"t should be a number and the degrees of freedom above 0, but they are {t} and {degrees}")
    square = t * t
    if square < 1:  # where ν / (ν + t²) would be rounded to 1
        return 1.0 - incomplete_beta(0.5, degrees / 2, square / (degrees + square))
    return incomplete_beta(degrees / 2, 0.5, degrees / (degrees + square))


def quantile(confidence: float, degrees: float) -> float:
    """The t for which |T| is below t with a probability of `confidence`, found by bisection of `two_sided_p`.

    Args:
        confidence: between 0 and 1, such as 0.95.
        degrees: the degrees of freedom, above 0.

    Raises:
        ValueError: one of them is out of its range.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"the confidence should be between 0 and 1, but is {confidence}")
    p, low, high = 1.0 - confidence, 0.0, 1.0
    while two_sided_p(high, degrees) > p:
        low, high = high, 2.0 * high
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if two_sided_p(middle, degrees) > p else (low, middle)
    return middle
