"""Domains: what a range may be, for whoever samples it."""

from __future__ import annotations

from math import floor, log10
from typing import NamedTuple

from playground.spec.component import FieldInfo

Scalar = bool | int | float | str
_LOGARITHMIC_FROM = 8  # times the least value that the greatest of a whole number is


class Interval(NamedTuple):
    """Numbers from `low` to `high`, both included."""

    low: float
    high: float
    logarithmic: bool
    whole: bool

    @property
    def number(self) -> int | None:
        """How many there are; None where they are not whole."""
        return int(self.high) - int(self.low) + 1 if self.whole else None

    def __contains__(self, value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, int if self.whole else int | float):
            return False
        return self.low <= value <= self.high


class Options(NamedTuple):
    """A few values."""

    values: tuple[Scalar, ...]

    @property
    def number(self) -> int:
        """How many there are."""
        return len(self.values)

    def __contains__(self, value: object) -> bool:
        return any(type(value) is type(item) and value == item for item in self.values)


Domain = Interval | Options


def grid(domain: Domain, points: int) -> tuple[Scalar, ...]:
    """Evenly spaced values of a domain, at most `points` of an interval, both ends among them."""
    if isinstance(domain, Options):
        return domain.values
    low, high, logarithmic, whole = domain
    if low == high or points == 1:
        return (int(low) if whole else low,)
    steps = [number / (points - 1) for number in range(points)]
    values = [low * (high / low) ** step if logarithmic else low + (high - low) * step for step in steps]
    return tuple(dict.fromkeys(round(value) if whole else min(max(value, low), high) for value in values))


def proposed(info: FieldInfo, present: float) -> Interval | None:
    """The interval that a form offers for a field of numbers with that value, from its declaration; None for others.

    Numbers with logarithmic steps may be a tenth or ten times as large, others a quarter or four times; proportions
    go from their least value to a half, or to their greatest where the present one is above it.
    """
    if info.kind not in ("integer", "real") or info.minimum is None or info.maximum is None:
        return None
    least, greatest = info.minimum, info.maximum
    if info.share or (least >= 0 and greatest <= 1 and not info.logarithmic and info.kind == "real"):
        return Interval(least, greatest if present > 0.5 else min(greatest, 0.5), False, False)
    centre, factor = present or info.on or 1.0, 10 if info.logarithmic else 4
    low, high = max(least, centre / factor), min(greatest, centre * factor)
    if info.kind == "integer":
        low, high = max(1, int(low)), max(1, int(high))
        return Interval(low, high, high >= _LOGARITHMIC_FROM * low, True)
    low, high = (min(max(_rounded(value), least), greatest) for value in (low, high))
    return Interval(low, high, info.logarithmic and low > 0, False)


def _rounded(value: float) -> float:
    """The same with two significant digits."""
    return round(value, 1 - floor(log10(abs(value)))) if value else value
