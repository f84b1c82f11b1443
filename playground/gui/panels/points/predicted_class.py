"""Interprets an answer: the most probable class at a point, and the misclassified held-out points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from playground.engine.data.sources.patterns import Point

_LEVELS = 51  # levels of certainty, see `DecisionMap`


def class_of(level: int, classes: int) -> int:
    """The class that a level of the map represents, from 0."""
    return int(level > 127) if classes == 2 else min(level // _LEVELS, classes - 1)


def wrong(points: Sequence[Point], predicted: Mapping[Point, tuple[int, float]]) -> tuple[Point, ...]:
    """The points that the network misclassifies, without those that have no prediction."""
    return tuple(point for point in points if point in predicted and predicted[point][0] != int(point[2]))
