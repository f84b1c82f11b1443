"""Arranges the numbers of a tensor in a plane: rows as pictures, kernels side by side, or a matrix."""

from __future__ import annotations

from enum import StrEnum
from math import ceil, prod, sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from playground.engine.probes.layer_weights import LayerTensors
from playground.spec.check.shapes import LayerShape, walk
from playground.spec.experiment import Experiment
from playground.spec.layers.dense import Linear

Places = npt.NDArray[np.int64]

MOST = 400_000  # entries that are arranged; of more, the first rows or tiles
MOST_COLUMNS = 2000  # of a matrix
GAP = -1  # between tiles
_ASPECT = 2.0  # width of all tiles relative to their height


class Kind(StrEnum):
    """The content of a tile."""

    ROWS = "rows"  # the weights of one unit, where its input is a picture
    KERNELS = "kernels"  # of one filter and one of its input channels
    COLOR_KERNELS = "color kernels"  # of one filter, in red, green and blue
    MATRIX = "matrix"  # one tile: (first dimension, all others)


class Arrangement(NamedTuple):
    """Where the numbers of a tensor are."""

    kind: Kind
    places: Places  # (H, W) or, in colours, (H, W, 3): number in the flattened tensor, `GAP` between tiles
    shown: int  # rows or tiles of the first dimension that are arranged
    whole: int  # of all of them


def arrangement(experiment: Experiment, layer: LayerTensors, name: str, *, as_matrix: bool = False) -> Arrangement:
    """Arrange the tensor of that name of a layer.

    A weight (units, C · H · W) of a Linear behind a Flatten of the picture that is the data's input, and kernels
    (out, in, H, W), become tiles, unless a matrix is wanted.
    """
    shape = layer.shapes[name]
    rows = [row for row in walk(experiment.stack, experiment.data.sample_shape) if row.active]
    picture = None if as_matrix else _picture(rows, layer, experiment.data.sample_shape)
    if picture is not None and len(shape) == 2 and shape[1] == prod(picture):
        return _units(shape[0], picture)
    if len(shape) == 4 and not as_matrix:
        row = next(row for row in rows if row.path == layer.path)
        return _kernels(shape, colored=shape[1] == 3 and row.input == experiment.data.sample_shape)
    return _matrix(shape)


def _picture(rows: list[LayerShape], layer: LayerTensors, sample: tuple[int, ...]) -> tuple[int, int, int] | None:
    """The picture (C, H, W) whose pixels are a Linear layer's inputs; None where there is none."""
    if not isinstance(layer.layer, Linear) or len(layer.path) > 1 or len(sample) != 3 or sample[0] not in (1, 3):
        return None
    before = [row for row in rows if not row.nested and row.path < layer.path]
    for row in reversed(before):
        if row.parameters or row.input is None or row.output is None:
            return None
        if row.input == sample and row.output == (prod(sample),):
            unchanged = all(each.output == sample for each in before if each.path < row.path)
            return (sample[0], sample[1], sample[2]) if row.layer.id == "flatten" and unchanged else None
        if row.output != row.input:
            return None
    return None


def _units(units: int, picture: tuple[int, int, int]) -> Arrangement:
    channels, height, width = picture
    shown = _fitting(units, (height + 1) * (width + 1) * channels)
    tiles = np.arange(shown * prod(picture)).reshape(shown, *picture)
    columns = min(shown, ceil(sqrt(shown * _ASPECT * (height + 1) / (width + 1))))
    single = tiles[:, 0] if channels == 1 else np.moveaxis(tiles, 1, -1)
    return Arrangement(Kind.ROWS, _side_by_side(single, columns), shown, units)


def _kernels(shape: tuple[int, ...], *, colored: bool) -> Arrangement:
    """Kernels of a filter stand below each other; a filter with a single tile takes the next place in a grid."""
    filters, channels, height, width = shape
    shown = _fitting(filters, channels * (height + 1) * (width + 1))
    tiles = np.arange(shown * prod(shape[1:])).reshape(shown, *shape[1:])
    columns = min(shown, ceil(sqrt(shown * _ASPECT * (height + 1) / (width + 1))))
    if colored:
        places = _side_by_side(np.moveaxis(tiles, 1, -1), columns)
        return Arrangement(Kind.COLOR_KERNELS, places, shown, filters)
    if channels > 1:
        columns = shown
        tiles = tiles.swapaxes(0, 1)
    return Arrangement(Kind.KERNELS, _side_by_side(tiles.reshape(-1, height, width), columns), shown, filters)


def _matrix(shape: tuple[int, ...]) -> Arrangement:
    first = shape[0] if len(shape) > 1 else 1
    width = prod(shape[1:]) if len(shape) > 1 else prod(shape)
    columns = min(width, MOST_COLUMNS)
    shown = _fitting(first, columns)
    places = np.arange(shown)[:, None] * width + np.arange(columns)[None]
    return Arrangement(Kind.MATRIX, places, shown, first)


def _fitting(count: int, size: int) -> int:
    return max(1, min(count, MOST // max(1, size)))


def _side_by_side(tiles: Places, columns: int) -> Places:
    """Tiles (T, h, w) or (T, h, w, 3) in rows of so many, with one place between them."""
    count, height, width = tiles.shape[:3]
    rows = ceil(count / columns)
    places = np.full((rows * (height + 1), columns * (width + 1), *tiles.shape[3:]), GAP, dtype=np.int64)
    for number, tile in enumerate(tiles):
        top, left = number // columns * (height + 1), number % columns * (width + 1)
        places[top : top + height, left : left + width] = tile
    return places[:-1, :-1]
