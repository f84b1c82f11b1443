"""The plane in which features vary most: principal component analysis, in the same position as the picture before."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class PrincipalPlane(NamedTuple):
    """N samples in the plane of the first two principal components of their features (N, D)."""

    places: Floats  # (N, 2)
    mean: Floats  # (D,), of the features
    axes: Floats  # (D, 2), of length 1; 0 where the features vary in fewer directions
    shares: tuple[float, float]  # of the variance, along each axis
    components: tuple[int, int]  # the component that each axis is, from 1

    def place(self, features: npt.NDArray[np.floating]) -> Floats:
        """Where features (D,) of another sample are, (2,)."""
        found: Floats = (features - self.mean) @ self.axes
        return found


def principal_plane(features: npt.NDArray[np.floating], before: Floats | None = None) -> PrincipalPlane:
    """Project features (N, D), which are finite, to the plane of their first two principal components.

    Signs and order of the axes are those in which the places agree best with `before` (N, 2), the same samples in an
    earlier picture; without one, the number of the largest size of each axis is positive.
    """
    mean = features.mean(0, dtype=np.float64)
    centred = features - mean
    total = float(np.square(centred).sum())
    if centred.shape[1] <= centred.shape[0]:
        vectors = np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :2]
    else:  # the same components, from the smaller of the two products
        values, sides = np.linalg.eigh(centred @ centred.T)
        large = np.sqrt(np.maximum(values[::-1][:2], 0.0))
        vectors = centred.T @ sides[:, ::-1][:, :2] / np.where(large > 0, large, np.inf)
    axes = np.zeros((centred.shape[1], 2))
    axes[:, : vectors.shape[1]] = vectors
    largest = axes[np.abs(axes).argmax(0), [0, 1]]
    axes = axes * np.where(largest < 0, -1.0, 1.0)
    order = (0, 1)
    if before is not None and len(before) == len(centred):
        order, signs = _position(centred @ axes, before)
        axes = axes[:, order] * signs
    places: Floats = centred @ axes
    sums = np.square(places).sum(0) / total if total else np.zeros(2)
    return PrincipalPlane(places, mean, axes, (float(sums[0]), float(sums[1])), (order[0] + 1, order[1] + 1))


def _position(places: Floats, before: Floats) -> tuple[tuple[int, int], Floats]:
    """The order of the axes and their signs in which places correlate most with those before."""
    lengths = np.linalg.norm(places, axis=0)[:, None] * np.linalg.norm(before - before.mean(0), axis=0)[None]
    alike = places.T @ (before - before.mean(0)) / np.where(lengths > 0, lengths, np.inf)
    straight, crossed = np.abs(np.diag(alike)).sum(), np.abs(np.diag(alike[::-1])).sum()
    order = (0, 1) if straight >= crossed else (1, 0)
    signs = np.array([1.0 if alike[order[axis], axis] >= 0 else -1.0 for axis in (0, 1)])
    return order, signs
