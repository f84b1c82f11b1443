"""Where in a stack a layer fits: asked before it is inserted, and where one that does not fit could be moved."""

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

_TRIED = 12  # places at which the layer itself fits and the whole network is followed, at most


@dataclass(frozen=True, slots=True)
class InsertionPoint:
    """A place for one more layer: in front of `path`; `rows` is what `walk` finds in the stack of `experiment`."""

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
        """Why `layer` cannot stand there; None where it can, or where nobody knows."""
        return _refusal(layer, self.shape, language=self.language)

    def nearest(self, layer: Layer, most: int | None = None) -> LayerPath | None:
        """The nearest other place where `layer` fits, those behind first; None where there is none.

        It lies in the same stack, or else in one around it. With the layer there the network has at most `most`
        troubles; None stands for those that it has now.
        """
        if most is None:
            most = _troubles(self.experiment, self.rows)
        paths = tuple(_others(self.experiment, self.path))
        tried = 0
        for path, shape in zip(paths, _shapes(self.experiment, self.rows, paths), strict=True):
            if shape is None or _refusal(layer, shape, language=self.language) is not None:
                continue
            after = Insert(path, (layer,)).apply(self.experiment)
            rows = walk(after.stack, after.data.sample_shape, self.rows)
            if _troubles(after, rows) <= most:
                return path
            tried += 1
            if tried == _TRIED:
                break
        return None

    def direction(self, path: LayerPath) -> tuple[bool, Layer]:
        """Whether the place at `path` is behind this one, and the layer that it is next to."""
        level = len(path) - 1
        later = path[level] > self.path[level]
        layers = siblings(self.experiment.stack, path)
        return later, layers[path[-1] - 1 if later else path[-1]]


def move_fix(experiment: Experiment, rows: tuple[LayerShape, ...], row: LayerShape) -> Fix | None:
    """Move the layer of that row, which does not fit, to the nearest place where it does; None where there is none.

    The network has fewer troubles then, so that two layers cannot be moved past one another for ever.
    """
    without = Remove((row.path,)).apply(experiment)
    place = InsertionPoint(without, walk(without.stack, without.data.sample_shape), row.path)
    to = place.nearest(row.layer, _troubles(experiment, rows) - 1)
    if to is None:
        return None
    later, neighbour = place.direction(to)
    words = tr_noop("Move behind {layer}") if later else tr_noop("Move before {layer}")
    if to[:-1] == row.path[:-1] and to[-1] >= row.path[-1]:
        to = (*to[:-1], to[-1] + 1)  # the layer itself still stands in front of it
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
    """All other places in the stack of `path`, those behind it first and the nearest first; then in those around it."""
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
        elif row is None:  # while layers are being removed, there may be more places than rows
            found.append(None)
        else:
            found.append(row.output if path[-1] else row.input)
    return found


def _troubles(experiment: Experiment, rows: tuple[LayerShape, ...]) -> int:
    """How many layers do not fit, receive nobody knows what, or look ahead where they must not."""
    language = experiment.data.task.language
    return sum(row.mismatch is not None or row.input is None or (language and looks_ahead(row)) for row in rows)
