"""Where values of ranges and goals lie on an axis, and the texts beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite, log10, nan
from typing import NamedTuple

from playground.engine.search.goals import GOALS, figure_text
from playground.engine.search.outcome import TrialRow
from playground.engine.search.plan import Plan
from playground.gui.style.translation import translated
from playground.spec.messages import message
from playground.spec.search.domain import Domain, Interval, Options, Scalar
from playground.spec.search.names import range_name, value_text

LOGARITHMIC = ("parameters", "flops")  # goals
_MOST_TEXTS = 6  # of the choices of a range
_PERCENT = 100.0


class Axis(NamedTuple):
    """One range or goal, from 0 at the bottom to 1 at the top."""

    name: str
    texts: tuple[tuple[float, str], ...]  # height, 0–1, and the value there


class TrialLine(NamedTuple):
    """One trial through all axes."""

    trial: int
    heights: tuple[float, ...]  # 0–1 on each axis; not a number where the trial has no value
    rank: float | None  # by the first goal, from 0, the worst, to 1; None where it was not trained to its end


def place_on(domain: Domain, value: Scalar) -> float:
    """Where a value is on the axis: choices in their order, logarithms of what is chosen logarithmically."""
    if isinstance(domain, Options):
        return float(next((place for place, item in enumerate(domain.values) if item == value), -1))
    number = float(value)
    return log10(number) if domain.logarithmic else number


def shown_value(goal: str, value: float) -> float:
    """The value as plots show it: scores in per cent."""
    return value * _PERCENT if GOALS[goal].share else value


def scaled(goal: str, value: float) -> float:
    """A value on the axis of a goal, whose logarithm is taken for sizes."""
    return log10(max(value, 1.0)) if goal in LOGARITHMIC else shown_value(goal, value)


def parallel(plan: Plan, trials: Sequence[TrialRow]) -> tuple[list[Axis], list[TrialLine]]:
    """An axis for each range and each goal, and a line for each trial that has values.

    The axis of a goal reaches from the least to the greatest value of the trials; what is not finite is left out.
    """
    known = [row for row in trials if row.params]
    domains = plan.space.domains(plan.experiment)
    axes, columns = [], []
    for item in plan.space.ranges:
        domain = domains[item.key]
        low, high = _ends(domain)
        axes.append(Axis(translated(range_name(item, plan.experiment)), _texts(plan, item.key, domain)))
        columns.append([_share(_range_place(domain, row.params.get(item.key)), low, high) for row in known])
    for number, goal in enumerate(plan.goals):
        axis, heights = _goal_axis(goal, [row.values[number] if row.values else nan for row in known])
        axes.append(axis)
        columns.append(heights)
    ranks = _ranks(plan.goals[0], known)
    through = zip(known, zip(*columns, strict=True), strict=True)
    lines = [TrialLine(row.number, each, ranks.get(row.number)) for row, each in through]
    return axes, lines


def nearest(lines: Sequence[TrialLine], x: float, height: float, reach: float) -> int | None:
    """The trial whose line passes a place most closely, at most `reach` above or below it.

    The first axis is at x = 0, the second at x = 1; of lines that are equally near the last one counts.
    """
    found, least = None, reach
    for line in lines:
        left = min(max(int(x), 0), max(len(line.heights) - 2, 0))
        between = min(max(x - left, 0.0), 1.0)
        right = min(left + 1, len(line.heights) - 1)
        distance = abs(line.heights[left] * (1.0 - between) + line.heights[right] * between - height)
        if distance <= least:  # never where a height is not a number
            found, least = line.trial, distance
    return found


def joined_path(lines: Iterable[tuple[Sequence[float], Sequence[float]]]) -> tuple[list[float], list[float]]:
    """One path of several, which gaps part."""
    xs: list[float] = []
    ys: list[float] = []
    for x, y in lines:
        xs += [*x, nan]
        ys += [*y, nan]
    return xs, ys


def _goal_axis(goal: str, values: Sequence[float]) -> tuple[Axis, list[float]]:
    finite = [value for value in values if isfinite(value)]
    name = translated(message(GOALS[goal].label))
    if not finite:
        return Axis(name, ()), [nan for _ in values]
    low, high = min(finite), max(finite)
    texts = [(0.0, figure_text(goal, low)), (1.0, figure_text(goal, high))] if high > low else []
    texts = texts or [(0.5, figure_text(goal, low))]
    ends = scaled(goal, low), scaled(goal, high)
    return Axis(name, tuple(texts)), [
        _share(scaled(goal, value), *ends) if isfinite(value) else nan for value in values
    ]


def _ranks(goal: str, trials: Sequence[TrialRow]) -> dict[int, float]:
    """The rank of each trial with values, by its number; equal values have equal ranks."""
    sign = 1.0 if GOALS[goal].greater_is_better else -1.0
    values = {row.number: sign * row.values[0] for row in trials if row.values}
    places = {value: place for place, value in enumerate(sorted(set(values.values())))}
    return {number: places[value] / max(1, len(places) - 1) for number, value in values.items()}


def _ends(domain: Domain) -> tuple[float, float]:
    if isinstance(domain, Options):
        return 0.0, float(len(domain.values) - 1)
    return place_on(domain, domain.low), place_on(domain, domain.high)


def _range_place(domain: Domain, value: Scalar | None) -> float:
    if value is None:
        return nan
    place = place_on(domain, value)
    return nan if isinstance(domain, Options) and place < 0 else place


def _share(place: float, low: float, high: float) -> float:
    return (place - low) / (high - low) if high > low else place - low + 0.5


def _texts(plan: Plan, key: str, domain: Domain) -> tuple[tuple[float, str], ...]:
    item = next(item for item in plan.space.ranges if item.key == key)
    low, high = _ends(domain)
    values: Sequence[Scalar] = (domain.low, domain.high) if isinstance(domain, Interval) else domain.values
    shown = values if len(values) <= _MOST_TEXTS else (values[0], values[-1])
    found = []
    for value in shown:
        number = int(value) if isinstance(domain, Interval) and domain.whole else value
        text = translated(value_text(item, plan.experiment, number))
        found.append((_share(place_on(domain, value), low, high), text))
    return tuple(found)
