"""Generates points of the plane: each pattern is a function of a count, an amount of noise and a seed.

It uses plain Python, so that the window can show points before torch is imported, and so that the same seed gives the
same points on every machine. The first n points do not depend on the count, and noise is added to the same points.
Exported programs copy the functions from here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

Point = tuple[float, float, float]  # x, y, and the class index or the height

EDGE = 6.0  # x and y are within ±EDGE
TURNS = 1.75  # turns of a spiral from its centre to its end


def circle(count: int, noise: float, seed: int) -> list[Point]:
    """A disc, class 0, within a ring, class 1."""

    def position(generator: Random, label: int) -> tuple[float, float]:
        inner, outer = ((0.0, 2.3), (3.4, 5.2))[label]
        radius = math.sqrt(generator.uniform(inner * inner, outer * outer))  # evenly over the area
        angle = generator.uniform(0.0, 2 * math.pi)
        return radius * math.cos(angle), radius * math.sin(angle)

    return _scattered(position, 2, count, noise, seed)


def xor(count: int, noise: float, seed: int) -> list[Point]:
    """Four squares around the centre: class 0 where x and y have the same sign, else class 1."""

    def position(generator: Random, label: int) -> tuple[float, float]:
        side = generator.choice((-1.0, 1.0))
        x, y = generator.uniform(0.4, 5.4), generator.uniform(0.4, 5.4)
        return side * x, (side if label == 0 else -side) * y

    return _scattered(position, 2, count, noise, seed)


def gaussians(count: int, noise: float, seed: int) -> list[Point]:
    """Two normal distributions with a standard deviation of 1, whose means are 6.2 apart."""

    def position(generator: Random, label: int) -> tuple[float, float]:
        middle = (-2.2, 2.2)[label]
        return generator.gauss(middle, 1.0), generator.gauss(middle, 1.0)

    return _scattered(position, 2, count, noise, seed)


def spirals(count: int, noise: float, seed: int, *, arms: int) -> list[Point]:
    """Arms of Archimedean spirals around the centre, one per class, evenly covered with points."""

    def position(generator: Random, label: int) -> tuple[float, float]:
        along = math.sqrt(generator.random())
        radius, angle = 0.4 + 5.0 * along, 2 * math.pi * (TURNS * along + label / arms)
        return radius * math.sin(angle), radius * math.cos(angle)

    return _scattered(position, arms, count, noise, seed)


def moons(count: int, noise: float, seed: int) -> list[Point]:
    """Two half circles, each with one end inside the other."""

    def position(generator: Random, label: int) -> tuple[float, float]:
        angle, side = generator.uniform(0.0, math.pi), (1.0, -1.0)[label]
        return side * (3.2 * math.cos(angle) - 1.6), side * (3.2 * math.sin(angle) - 0.8)

    return _scattered(position, 2, count, noise, seed)


def plane(count: int, noise: float, seed: int) -> list[Point]:
    """Heights that rise evenly towards one corner, from -0.9 to 0.9."""
    return _raised(lambda x, y: (x + y) / 12, count, noise, seed)


def hills(count: int, noise: float, seed: int) -> list[Point]:
    """Three hills and two hollows of Gaussian shape, with heights between -1 and 1."""
    tops = ((-3.2, 3.0, 1.0), (3.4, 2.6, 0.8), (0.2, -3.6, 1.0))
    bells = (*tops, (0.2, 1.4, -0.9), (-3.6, -2.4, -0.7))

    def height(x: float, y: float) -> float:
        return sum(top * math.exp(-(math.hypot(x - a, y - b) ** 2) / 3.5) for a, b, top in bells)

    return _raised(height, count, noise, seed)


def _scattered(
    position: Callable[[Random, int], tuple[float, float]], classes: int, count: int, noise: float, seed: int
) -> list[Point]:
    """Points of all classes in turn, with normal noise added, clipped to ±EDGE."""
    generator = Random(seed)
    points = []
    for number in range(count):
        label = number % classes
        x, y = position(generator, label)
        x, y = (value + noise * generator.gauss(0.0, 1.0) for value in (x, y))
        points.append((_within(x), _within(y), float(label)))
    return points


def _raised(height: Callable[[float, float], float], count: int, noise: float, seed: int) -> list[Point]:
    """Points all over the plane with a height each, and normal noise added to the height."""
    generator = Random(seed)
    points = []
    for _ in range(count):
        x, y = generator.uniform(-5.5, 5.5), generator.uniform(-5.5, 5.5)
        points.append((x, y, height(x, y) + noise * generator.gauss(0.0, 1.0)))
    return points


def _within(value: float) -> float:
    return max(-EDGE, min(value, EDGE))


def features(x: float, y: float, names: tuple[str, ...]) -> list[float]:
    """The features of a point, in the order of `names`."""
    values = {
        "x": x,
        "y": y,
        "x_squared": x * x,
        "y_squared": y * y,
        "xy": x * y,
        "sin_x": math.sin(x),
        "sin_y": math.sin(y),
    }
    return [values[name] for name in names]
