"""What an answer says of a place and of the points held out: the likeliest class, and where that is the wrong one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from playground.engine.data.sources.patterns import Point

_LEVELS = 51  # of certainty, see `DecisionMap`


def class_of(level: int, classes: int) -> int:
    """The class that a level of the map stands for, from 0."""
    return int(level > 127) if classes == 2 else min(level // _LEVELS, classes - 1)


def wrong(points: Sequence[Point], said: Mapping[Point, tuple[int, float]]) -> tuple[Point, ...]:
    """The points that the network takes for another class than theirs; none of which nothing is said."""
    return tuple(point for point in points if point in said and said[point][0] != int(point[2]))
