"""Narrows a space to what lies around one of its points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.spec.component import Component
from playground.spec.search.domain import Interval, Scalar
from playground.spec.search.network_ranges import NetworkChoice, WidthRange
from playground.spec.search.ranges import Choices, NumberRange, Range, Repeats
from playground.spec.search.space import SearchSpace

_SHARE = 0.25  # of an interval, to either side of the value


def narrowed(space: SearchSpace, experiment: Component, values: Mapping[str, Any]) -> SearchSpace:
    """The space around a point, given by the keys of its ranges: half of each interval, its neighbours among numbers.

    Of choices that have no order the chosen one is kept. Choices of layers stay whole: their settings tell them apart.

    Raises:
        SpaceError: a range does not fit the experiment.
    """
    return space.with_(ranges=tuple(_narrowed(item, experiment, values.get(item.key)) for item in space.ranges))


def _narrowed(item: Range, experiment: Component, value: Scalar | None) -> Range:
    domain = item.domain(experiment)
    if value is None or value not in domain:
        return item
    if isinstance(domain, Interval) and isinstance(item, NumberRange | WidthRange | Repeats):
        low, high = _around(domain, float(value))
        return item.with_(low=int(low), high=int(high)) if isinstance(item, Repeats) else item.with_(low=low, high=high)
    if isinstance(item, Choices):
        return item.with_(options=_neighbours(item.options, value))
    return item.with_(options=(value,)) if isinstance(item, NetworkChoice) else item


def _around(domain: Interval, value: float) -> tuple[float, float]:
    low, high, logarithmic, whole = domain
    if logarithmic:
        factor = (high / low) ** _SHARE
        ends = value / factor, value * factor
    else:
        reach = (high - low) * _SHARE
        ends = value - reach, value + reach
    if whole:
        ends = float(min(round(ends[0]), value)), float(max(round(ends[1]), value))
    return max(low, ends[0]), min(high, ends[1])


def _neighbours(options: tuple[Any, ...], value: Scalar) -> tuple[Any, ...]:
    """The value, and of numbers the next smaller and the next larger one."""
    if isinstance(value, bool | str) or any(isinstance(option, bool | str) for option in options):
        return (value,)
    ordered = sorted(options)
    at = ordered.index(value)
    return tuple(ordered[max(0, at - 1) : at + 2])
