"""The points of a data set on the map, and a search for the nearest one."""

from __future__ import annotations

from dataclasses import dataclass

from playground.engine.data.sources import patterns
from playground.engine.data.sources.patterns import Point
from playground.spec.call import Call
from playground.spec.datasets.points import Plane


@dataclass(frozen=True, slots=True)
class Scatter:
    """Training points, each with its index among the generated and then the added points; and held-out points."""

    data: Plane
    train: tuple[Point, ...]
    numbers: tuple[int, ...]
    held_out: tuple[Point, ...]

    @property
    def telling(self) -> tuple[Point, ...]:
        """The points for evaluating a network: the held-out ones, if there are any, else all."""
        return self.held_out or self.train

    def nearest(self, x: float, y: float, within: float) -> int | None:
        """The index of the training point nearest to (x, y) and at most `within` away."""
        pairs = ((hypot2(x - a, y - b), number) for (a, b, _), number in zip(self.train, self.numbers, strict=True))
        distance, number = min(pairs, default=(within * within + 1.0, -1))
        return number if distance <= within * within else None

    def held_out_near(self, x: float, y: float, within: float) -> Point | None:
        """The held-out point nearest to (x, y) and at most `within` away; None if there is none."""
        pairs = ((hypot2(x - point[0], y - point[1]), point) for point in self.held_out)
        distance, point = min(pairs, default=(within * within + 1.0, (0.0, 0.0, 0.0)))
        return point if distance <= within * within else None

    def without(self, number: int) -> Plane:
        """The data without the point of that index."""
        data = self.data
        if number < data.count:
            return data.with_(removed=(*data.removed, number))
        gone = data.placed[number - data.count]
        return data.with_(added=tuple(item for item in data.added if item is not gone))


def scatter(data: Plane) -> Scatter:
    """Generate the points of a data set; takes some milliseconds."""
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
    """The squared length of a vector."""
    return x * x + y * y


def _run(call: Call) -> list[Point]:
    """Generate points without the engine's `run`, which would import torch before the window is painted."""
    points: list[Point] = getattr(patterns, call.name)(*call.args, **dict(call.kwargs))
    return points
