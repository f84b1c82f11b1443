"""The points of a data set as they lie on the map, and which of them is near a place."""

from __future__ import annotations

from dataclasses import dataclass

from playground.engine.data.sources import patterns
from playground.engine.data.sources.patterns import Point
from playground.spec.call import Call
from playground.spec.datasets.points import Plane


@dataclass(frozen=True, slots=True)
class Scatter:
    """Points to train on, each with its number among those made up or, behind these, those added; and held out."""

    data: Plane
    train: tuple[Point, ...]
    numbers: tuple[int, ...]
    held_out: tuple[Point, ...]

    @property
    def telling(self) -> tuple[Point, ...]:
        """The points that tell how good a network is: those held out, where there are any."""
        return self.held_out or self.train

    def nearest(self, x: float, y: float, within: float) -> int | None:
        """The number of the point to train on that is nearest to a place, and no farther than `within`."""
        pairs = ((hypot2(x - a, y - b), number) for (a, b, _), number in zip(self.train, self.numbers, strict=True))
        distance, number = min(pairs, default=(within * within + 1.0, -1))
        return number if distance <= within * within else None

    def held_out_near(self, x: float, y: float, within: float) -> Point | None:
        """The point held out that is nearest to a place, and no farther than `within`; None where there is none."""
        pairs = ((hypot2(x - point[0], y - point[1]), point) for point in self.held_out)
        distance, point = min(pairs, default=(within * within + 1.0, (0.0, 0.0, 0.0)))
        return point if distance <= within * within else None

    def without(self, number: int) -> Plane:
        """The data without the point of that number."""
        data = self.data
        if number < data.count:
            return data.with_(removed=(*data.removed, number))
        gone = data.placed[number - data.count]
        return data.with_(added=tuple(item for item in data.added if item is not gone))


def scatter(data: Plane) -> Scatter:
    """Make up the points of a data set; some milliseconds."""
    points = _run(data.made_up(data.count, data.data_seed))
    kept, out = data.count - data.validation_count, set(data.taken_out)
    numbers = [number for number in range(kept) if number not in out]
    added = tuple((item.x, item.y, float(item.value)) for item in data.placed)
    return Scatter(
        data,
        (*(points[number] for number in numbers), *added),
        (*numbers, *range(data.count, data.count + len(added))),
        tuple(points[kept:]),
    )


def hypot2(x: float, y: float) -> float:
    """The square of a distance."""
    return x * x + y * y


def _run(call: Call) -> list[Point]:
    """Make points up without the engine's `run`, which would import torch before the window is painted."""
    points: list[Point] = getattr(patterns, call.name)(*call.args, **dict(call.kwargs))
    return points
