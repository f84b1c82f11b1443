"""Points of the plane as tensors: the features that a network gets, and the targets."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from playground.engine.data.in_memory import Data, InputTargetPairs
from playground.engine.data.sources.patterns import Point, features


def divide(
    points: Sequence[Point],
    test: Sequence[Point],
    *,
    names: tuple[str, ...],
    held_out: int,
    classes: bool,
    removed: tuple[int, ...] = (),
    added: tuple[Point, ...] = (),
) -> Data:
    """Split points into training, validation and test data.

    Args:
        points: generated points, of which the last `held_out` are for validation.
        test: test points of the same pattern.
        names: features that the network gets, see `patterns.features`; at least one.
        held_out: number of validation points.
        classes: whether the third number of a point is a class (targets (N,) int64) or a height ((N, 1) float32).
        removed: indices of points to leave out of the training data.
        added: further training points.
    """
    kept, out = len(points) - held_out, set(removed)
    train = [point for number, point in enumerate(points[:kept]) if number not in out]
    parts = ([*train, *added], points[kept:], test)
    return Data(*(InputTargetPairs(as_inputs(part, names), as_targets(part, classes)) for part in parts))


def as_inputs(points: Sequence[Point], names: tuple[str, ...]) -> Tensor:
    """Features of points, (N, F) float32."""
    return torch.tensor([features(x, y, names) for x, y, _ in points]).reshape(-1, len(names))


def as_targets(points: Sequence[Point], classes: bool) -> Tensor:
    """Classes (N,) int64, or heights (N, 1) float32."""
    wanted = torch.tensor([value for _, _, value in points])
    return wanted.long() if classes else wanted.unsqueeze(1)
