"""Follows units through a stack: which slices of which tensors belong to each, and which units are tied to others.

torch-pruning finds such groups by tracing modules, and cuts the modules in place. A stack declares its widths in fields
instead, one for all copies of a Repeat, and its layers know the shapes of their tensors: labels are followed through
the declaration, and the smaller network is an ordinary stack again.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from math import prod

import numpy as np
import torch

from playground.engine.build import run
from playground.engine.pruning.unit_labels import FIXED, Labels, Slices, Ties, Width
from playground.spec.container import Container
from playground.spec.edits import LayerPath
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Shape, ShapeMismatch, Stack
from playground.spec.layers.containers import Parallel, Repeat, Residual, channels
from playground.spec.messages import Message, message, tr_noop

_ANSWERS = tr_noop("Its outputs are the answers of the network.")
_UNKNOWN = tr_noop("{layer} does not keep units apart.")
_DIVIDED = tr_noop("{layer} divides them into groups or heads.")


class UnitFlow:
    """Widths, slices and ties of the stack of an experiment."""

    def __init__(self, experiment: Experiment) -> None:
        self.widths: list[Width] = []
        self.slices: list[Slices] = []
        self.ties = Ties()
        shape = experiment.data.sample_shape
        last = self._stack(experiment.stack, shape, np.full(tuple(shape), FIXED), (), ("",))
        self.ties.fix(last, message(_ANSWERS))

    def _stack(self, stack: Stack, shape: Shape, labels: Labels, prefix: LayerPath, names: tuple[str, ...]) -> Labels:
        """The labels behind a stack; `names` are the prefixes of its tensors in the network, one for each copy."""
        module = 0
        for index, layer in enumerate(stack.layers):
            if not layer.enabled:
                continue
            inner, path = tuple(f"{name}{module}." for name in names), (*prefix, index)
            if isinstance(layer, Container):
                labels = self._container(layer, shape, labels, path, inner)
            else:
                labels = self._layer(layer, shape, labels, path, inner)
            measure = layer.measure(shape)
            shape, module = measure.output, module + len(measure.calls)
        return labels

    def _container(
        self, layer: Container, shape: Shape, labels: Labels, path: LayerPath, names: tuple[str, ...]
    ) -> Labels:
        if isinstance(layer, Residual):
            return self._residual(layer, shape, labels, path, names)
        if isinstance(layer, Repeat):
            copies = ("body.",) if layer.shared else tuple(f"{number}." for number in range(layer.times))
            inside = tuple(name + copy for name in names for copy in copies)
            output = self._stack(layer.branches[0], shape, labels, (*path, 0), inside)
            if layer.times > 1:
                self.ties.tie(output, labels)
            return output
        if isinstance(layer, Parallel):
            outputs = [
                self._stack(branch, shape, labels, (*path, number), tuple(f"{name}{number}." for name in names))
                for number, branch in enumerate(layer.branches)
            ]
            if layer.join == "concatenate":
                return np.concatenate(outputs, channels(outputs[0].shape))
            for other in outputs[1:]:
                self.ties.tie(outputs[0], other)
            return outputs[0]
        return self._opaque(layer, shape, labels, message(_UNKNOWN, layer=message(layer.label)))

    def _residual(
        self, layer: Residual, shape: Shape, labels: Labels, path: LayerPath, names: tuple[str, ...]
    ) -> Labels:
        inside = tuple(f"{name}body." for name in names)
        output = self._stack(layer.branches[0], shape, labels, (*path, 0), inside)
        same = labels
        if output.shape != tuple(shape):
            shortcut = layer.shortcut(shape, output.shape)
            same = self._layer(shortcut, shape, labels, None, tuple(f"{name}shortcut." for name in names))
        self.ties.tie(output, same)
        return output

    def _layer(
        self, layer: Layer, shape: Shape, labels: Labels, path: LayerPath | None, names: tuple[str, ...]
    ) -> Labels:
        found = [self._read(layer, shape, labels)]
        made: Labels | None = None
        for field in layer.unit_fields or (layer.units_field,):
            output, own = self._made(layer, shape, path, field)
            made = output if output is not None else made
            found.append(own)
        for one, other in combinations(found, 2):
            for key in one.keys() & other.keys():
                for owner in (one, other):
                    self.ties.fix(owner[key], message(_UNKNOWN, layer=message(layer.label)))
        self.slices += [
            Slices(name + tensor, dim, units)
            for owner in found
            for (tensor, dim), units in owner.items()
            for name in names
        ]
        return self._passed(layer, shape, labels) if made is None else made

    def _read(self, layer: Layer, shape: Shape, labels: Labels) -> dict[tuple[str, int], Labels]:
        """Which dimensions of a layer's tensors follow its input."""
        if not (self.ties.roots(labels) != FIXED).any() or not layer.tensors(shape):
            return {}
        axis = varying(labels)
        if axis is None:
            self.ties.fix(labels, message(_UNKNOWN, layer=message(layer.label)))
            return {}
        units = np.moveaxis(labels, axis, 0).reshape(shape[axis], -1)[:, 0]
        free = units[self.ties.roots(units) != FIXED][0]
        fewer = int((units != free).sum())
        smaller = (*shape[:axis], fewer, *shape[axis + 1 :])
        try:
            return _followed(layer, shape, layer, smaller, units, len(units) - fewer)
        except (ShapeMismatch, _Divided):
            self.ties.fix(labels, message(_DIVIDED, layer=message(layer.label)))
            return {}

    def _made(
        self, layer: Layer, shape: Shape, path: LayerPath | None, field: str
    ) -> tuple[Labels | None, dict[tuple[str, int], Labels]]:
        """The labels of a layer's own outputs, None where it passes its input's on; and its tensors that have them.

        field: of the layer, which counts the units; "" for none.
        """
        count = getattr(layer, field) if field else 0
        if not count:
            return None, {}
        units = self.ties.fresh(count)
        if path is not None:
            self.widths.append(Width(path, field, units, _changes(layer, layer.pinned(shape))))
        output = layer.output_shape(shape)
        try:
            if count == 1:
                raise _Divided
            smaller, size = layer.pinned(shape).with_(**{field: count - 1}), layer.unit_size(field, shape)
            found = _followed(layer, shape, smaller, shape, np.repeat(units, size), size)
            after = smaller.output_shape(shape)
            axes = [axis for axis, pair in enumerate(zip(output, after, strict=True)) if pair[0] != pair[1]]
            if not axes:
                return None, found
            (axis,) = axes
            return _spread(_tiled(units, output[axis], output[axis] - after[axis], 1), axis, output), found
        except (ShapeMismatch, _Divided):
            why = message("It has a single one.") if count == 1 else message(_DIVIDED, layer=message(layer.label))
            self.ties.fix(units, why)
            return np.full(tuple(output), FIXED), {}

    def _passed(self, layer: Layer, shape: Shape, labels: Labels) -> Labels:
        """The labels behind a layer without units of its own."""
        output = layer.output_shape(shape)
        if output == shape:
            return labels
        if not layer.tensors(shape) and (moved := _rearranged(layer, shape, labels)) is not None:
            return moved
        axis = varying(labels)
        if axis is not None:
            units = np.moveaxis(labels, axis, 0).reshape(shape[axis], -1)[:, 0]
            if len(output) == len(shape) and output[axis] == shape[axis]:
                return _spread(units, axis, output)
            if output == (shape[axis],):
                return units
        return self._opaque(layer, shape, labels, message(_UNKNOWN, layer=message(layer.label)))

    def _opaque(self, layer: Layer, shape: Shape, labels: Labels, why: Message) -> Labels:
        self.ties.fix(labels, why)
        return np.full(tuple(layer.output_shape(shape)), FIXED)


class _Divided(Exception):
    """A tensor's dimension does not follow the number of units."""


def _changes(layer: Layer, other: Layer) -> Mapping[str, object]:
    """The fields in which another layer of the same class differs, with its values."""
    before = layer.values()
    return {name: value for name, value in other.values().items() if value != before[name]}


def varying(labels: Labels) -> int | None:
    """The only axis along which labels differ; None where there is none, or more than one."""
    for axis, length in enumerate(labels.shape):
        rows = np.moveaxis(labels, axis, 0).reshape(length, -1)
        if length > 1 and (rows == rows[:, :1]).all():
            return axis
    return None


def _followed(
    layer: Layer, shape: Shape, other: Layer, smaller: Shape, units: Labels, fewer: int
) -> dict[tuple[str, int], Labels]:
    """The dimensions of tensors that shrink with fewer units, each with the unit of every index."""
    found = {}
    for before, after in zip(layer.tensors(shape), other.tensors(smaller), strict=True):
        for dim, (length, left) in enumerate(zip(before.shape, after.shape, strict=True)):
            if length != left:
                found[before.name, dim] = _tiled(units, length, length - left, fewer)
    other.output_shape(smaller)
    return found


def _tiled(units: Labels, length: int, lost: int, fewer: int) -> Labels:
    """The units repeated along a dimension, as gates and directions of recurrent layers repeat them."""
    times = length // len(units)
    if times * len(units) != length or times * fewer != lost:
        raise _Divided
    return np.tile(units, times)


def _spread(units: Labels, axis: int, shape: Shape) -> Labels:
    """An array of `shape` with one unit for each index along an axis."""
    column = units.reshape([-1 if other == axis else 1 for other in range(len(shape))])
    return np.ascontiguousarray(np.broadcast_to(column, tuple(shape)))


def _rearranged(layer: Layer, shape: Shape, labels: Labels) -> Labels | None:
    """The labels as the layer's own modules move them; None where it computes other numbers of them."""
    moved = torch.from_numpy(labels.astype(np.float64))[None]
    with torch.no_grad():
        for call in layer.calls(shape):
            moved = run(call).eval()(moved)
    found = moved[0].numpy()
    if prod(found.shape) and np.isin(found, labels).all():
        return np.asarray(found.astype(np.int64))
    return None
