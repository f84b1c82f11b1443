"""What the levels of a map say of a place: the likeliest class, and for which points that is the wrong one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from playground.engine.data.sources.patterns import Point

_LEVELS = 51  # of certainty, see `engine.field.Field`


def likeliest(level: int, classes: int) -> tuple[int, float]:
    """The class that a level stands for, from 0, and how likely the network finds it."""
    if classes == 2:
        return int(level > 127), max(level, 255 - level) / 255
    label = min(level // _LEVELS, classes - 1)
    return label, 1 / classes + (1 - 1 / classes) * (level - label * _LEVELS) / (_LEVELS - 1)


def wrong(
    points: Sequence[Point], level_at: Callable[[float, float], int | None], classes: int | None
) -> tuple[Point, ...]:
    """The points that the map takes for another class than theirs; none where heights are asked for."""
    found = []
    for point in points if classes is not None else ():
        level = level_at(point[0], point[1])
        if level is not None and classes is not None and likeliest(level, classes)[0] != int(point[2]):
            found.append(point)
    return tuple(found)
