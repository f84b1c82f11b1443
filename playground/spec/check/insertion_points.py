"""Finds where in a stack a layer fits, for layers to insert and for layers to move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from playground.spec.check.causality import looks_ahead, mixes_steps, peeking
from playground.spec.check.problem import Fix
from playground.spec.check.shapes import LayerShape, output_of, walk
from playground.spec.edits import Insert, LayerPath, Move, Remove, siblings
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Shape, ShapeMismatch
from playground.spec.messages import Message, message, tr_noop

_MOST_TRIED = 12  # positions at which the layer fits and shapes are computed through the whole network, at most


@dataclass(frozen=True, slots=True)
class InsertionPoint:
    """A position for one more layer, in front of `path`; `rows` is the result of `walk` on the whole stack."""

    experiment: Experiment
    rows: tuple[LayerShape, ...]
    path: LayerPath

    @property
    def shape(self) -> Shape | None:
        """The shape that a layer would receive there; None where it is unknown."""
        return _shapes(self.experiment, self.rows, (self.path,))[0]

    @property
    def language(self) -> bool:
        """Whether the network is a language model."""
        return self.experiment.data.task.language

    def refusal(self, layer: Layer) -> Message | None:
        """Why `layer` does not fit there; None where it does, or where the shape is unknown."""
        return _refusal(layer, self.shape, language=self.language)

    def nearest(self, layer: Layer, most: int | None = None) -> LayerPath | None:
        """The nearest other position where `layer` fits, later ones first; None where there is none.

        Positions in the same stack come first, then those in the stacks around it. With the layer there, the network
        has at most `most` misfits; by default, as many as it has now.
        """
        if most is None:
            most = _misfits(self.experiment, self.rows)
        paths = tuple(_others(self.experiment, self.path))
        tried = 0
        for path, shape in zip(paths, _shapes(self.experiment, self.rows, paths), strict=True):
            if shape is None or _refusal(layer, shape, language=self.language) is not None:
                continue
            after = Insert(path, (layer,)).apply(self.experiment)
            rows = walk(after.stack, after.data.sample_shape, self.rows)
            if _misfits(after, rows) <= most:
                return path
            tried += 1
            if tried == _MOST_TRIED:
                break
        return None

    def direction(self, path: LayerPath) -> tuple[bool, Layer]:
        """Whether the position at `path` is later than this one, and the layer next to it."""
        level = len(path) - 1
        later = path[level] > self.path[level]
        layers = siblings(self.experiment.stack, path)
        return later, layers[path[-1] - 1 if later else path[-1]]


def move_fix(experiment: Experiment, rows: tuple[LayerShape, ...], row: LayerShape) -> Fix | None:
    """Move the layer of a row, which does not fit, to the nearest position where it does; None where there is none.

    The network has fewer misfits afterwards, so that two layers cannot be moved past one another without end.
    """
    without = Remove((row.path,)).apply(experiment)
    point = InsertionPoint(without, walk(without.stack, without.data.sample_shape), row.path)
    to = point.nearest(row.layer, _misfits(experiment, rows) - 1)
    if to is None:
        return None
    later, neighbour = point.direction(to)
    words = tr_noop("Move after {layer}") if later else tr_noop("Move before {layer}")
    if to[:-1] == row.path[:-1] and to[-1] >= row.path[-1]:
        to = (*to[:-1], to[-1] + 1)  # the layer itself is still in front of that position
    return Fix(message(words, layer=message(neighbour.label)), (Move((row.path,), to),))


def _refusal(layer: Layer, shape: Shape | None, *, language: bool) -> Message | None:
    if shape is None:
        return None
    try:
        output_of(layer, shape)
    except ShapeMismatch as mismatch:
        return mismatch.what
    return peeking(layer) if language and mixes_steps(layer, shape) else None


def _others(experiment: Experiment, path: LayerPath) -> Iterator[LayerPath]:
    """All other positions in the stack of `path`, later ones first, nearest first; then those in stacks around it."""
    end = len(siblings(experiment.stack, path))
    yield from ((*path[:-1], index) for index in range(path[-1] + 1, end + 1))
    yield from ((*path[:-1], index) for index in range(path[-1] - 1, -1, -1))
    if len(path) > 1:
        holder = path[:-2]
        yield (*holder[:-1], holder[-1] + 1)
        yield holder
        yield from (other for other in _others(experiment, holder) if other != (*holder[:-1], holder[-1] + 1))


def _shapes(experiment: Experiment, rows: tuple[LayerShape, ...], paths: tuple[LayerPath, ...]) -> list[Shape | None]:
    """The shape that arrives in front of each of the paths; None where it is unknown."""
    by_path = {row.path: row for row in rows}
    found: list[Shape | None] = []
    for path in paths:
        before = (*path[:-1], path[-1] - 1) if path[-1] else path[:-2]
        row = by_path.get(before)
        if not before:
            found.append(experiment.data.sample_shape)
        elif row is None:  # during a removal there may be more positions than rows
            found.append(None)
        else:
            found.append(row.output if path[-1] else row.input)
    return found


def _misfits(experiment: Experiment, rows: tuple[LayerShape, ...]) -> int:
    """The number of layers that do not fit, receive an unknown shape, or are not causal where they must be."""
    language = experiment.data.task.language
    return sum(row.mismatch is not None or row.input is None or (language and looks_ahead(row)) for row in rows)
