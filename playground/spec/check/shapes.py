"""Computes shapes, parameters and cost of every layer, from the declaration alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from playground.spec.call import Call
from playground.spec.container import Container, in_order
from playground.spec.edits import LayerPath
from playground.spec.layer import Layer, Measure, Shape, ShapeMismatch, Stack, Tensor, Trainable

# Modules that change without an optimizer while they are trained, and those that a frozen layer has instead.
_KEEPING = {
    f"torch.nn.{name}": f"playground.engine.modules.frozen.Frozen{name}" for name in ("BatchNorm1d", "BatchNorm2d")
}


@dataclass(frozen=True, slots=True)
class LayerShape:
    """One layer with its input and output; the figures of a container include all layers in it.

    `input` is None where an earlier layer left the shape unknown; `mismatch` is the reason why this layer cannot
    take its input, and `measure` is then the measure after the mismatch's own fix, or None if it has no fix.
    """

    path: LayerPath
    layer: Layer
    input: Shape | None
    measure: Measure | None
    mismatch: ShapeMismatch | None = None
    active: bool = True  # whether neither it nor a container around it is disabled
    frozen: bool = False  # whether it, or a container around it, is frozen

    @property
    def output(self) -> Shape | None:
        """The output shape; None where it is unknown."""
        return self.measure.output if self.measure else None

    @property
    def parameters(self) -> int | None:
        """The number of learned parameters."""
        return sum(tensor.count for tensor in self.tensors if tensor.learned) if self.measure else None

    @property
    def trained_parameters(self) -> int:
        """The number of learned parameters that are not frozen; 0 where they are unknown."""
        return sum(tensor.count for tensor in self.tensors if tensor.trained)

    @property
    def flops(self) -> int | None:
        """Floating-point operations of one sample's forward pass."""
        return self.measure.flops if self.measure else None

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """All parameters and buffers; those of layers in it are named as in its module."""
        return self.measure.tensors if self.measure else ()

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls that make its modules."""
        return self.measure.calls if self.measure else ()

    @property
    def bytes(self) -> int:
        """Size of all parameters and buffers in bytes."""
        return sum(tensor.bytes for tensor in self.tensors)

    @property
    def nested(self) -> bool:
        """Whether it is in a container."""
        return len(self.path) > 1


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums over all layers that the status line shows; FLOPs and activation bytes are for one sample."""

    layers: int  # layers in containers included, disabled ones not
    parameters: int
    trained_parameters: int  # of these, those that are not frozen
    flops: int
    weight_bytes: int
    activation_bytes: int
    kept_bytes: int  # further bytes that a training step keeps for one sample
    complete: bool  # False where a layer does not fit or its shape is unknown


def output_of(layer: Layer, shape: Shape) -> Shape:
    """The output shape of a layer for an input of `shape`.

    Raises:
        ShapeMismatch: the layer cannot take that shape.
    """
    return layer.measure(shape).output


def walk(stack: Stack, shape: Shape, before: tuple[LayerShape, ...] = ()) -> tuple[LayerShape, ...]:
    """Compute the shapes of all layers for an input of `shape`, also after a layer that does not fit, if it has a fix.

    `before` are rows of an earlier walk: the row of a layer that still receives the same shape is used again.
    """
    return tuple(_walk(stack, shape, (), {id(row.layer): row for row in before if row.mismatch is None}))


def _walk(
    stack: Stack,
    shape: Shape | None,
    prefix: LayerPath,
    known: dict[int, LayerShape],
    active: bool = True,
    frozen: bool = False,
) -> Iterator[LayerShape]:
    for index, layer in enumerate(stack.layers):
        path, on, inner = (*prefix, index), active and layer.enabled, []
        kept = frozen or (isinstance(layer, Trainable) and layer.frozen)
        if isinstance(layer, Container):
            branches = enumerate(layer.branches)
            inner = [tuple(_walk(branch, shape, (*path, number), known, on, kept)) for number, branch in branches]
        row = known.get(id(layer))
        if row is None or row.input != shape or (row.active, row.frozen) != (on, kept):
            row = _row(layer, shape, path, on, inner)
            row = _frozen(row) if kept else row
        elif row.path != path:
            row = replace(row, path=path)
        yield row
        for rows in inner:
            yield from rows
        shape = row.output


def _frozen(row: LayerShape) -> LayerShape:
    """The row of a layer whose tensors keep their values."""
    if row.measure is None:
        return replace(row, frozen=True)
    calls = tuple(call.retargeted(_KEEPING) for call in row.calls)
    tensors = tuple(replace(tensor, frozen=True) for tensor in row.tensors)
    return replace(row, frozen=True, measure=replace(row.measure, calls=calls, tensors=tensors))


def _row(
    layer: Layer, shape: Shape | None, path: LayerPath, active: bool, inner: list[tuple[LayerShape, ...]]
) -> LayerShape:
    if shape is None or not active:
        return LayerShape(path, layer, shape, Measure(shape) if shape is not None else None, active=active)
    if isinstance(layer, Container):
        return _container_row(layer, shape, path, inner)
    try:
        return LayerShape(path, layer, shape, layer.measure(shape))
    except ShapeMismatch as mismatch:
        return _after_fix(layer, shape, path, mismatch)


def _after_fix(layer: Layer, shape: Shape, path: LayerPath, mismatch: ShapeMismatch) -> LayerShape:
    """The row of a layer that does not fit, with the measure that it has after the mismatch's fix."""
    fitting = mismatch.instead or layer
    try:
        received = output_of(mismatch.before, shape) if mismatch.before else shape
        return LayerShape(path, layer, shape, fitting.measure(received), mismatch)
    except ShapeMismatch:
        return LayerShape(path, layer, shape, None, mismatch)


def _container_row(layer: Container, shape: Shape, path: LayerPath, inner: list[tuple[LayerShape, ...]]) -> LayerShape:
    """The row of a container. Misfits in it are in their own rows; its own is only that outputs do not fit together."""
    direct = [[row for row in rows if len(row.path) == len(path) + 2] for rows in inner]
    if any(row.measure is None for rows in direct for row in rows):
        return LayerShape(path, layer, shape, None)
    insides = tuple(in_order(shape, (row.measure for row in rows if row.measure)) for rows in direct)
    try:
        return LayerShape(path, layer, shape, layer.around(shape, insides))
    except ShapeMismatch as mismatch:
        if any(row.mismatch for rows in inner for row in rows):
            return LayerShape(path, layer, shape, None)  # the misfits of its layers come first
        if mismatch.before is not None and layer.takes(output_of(mismatch.before, shape)):
            return _after_fix(layer, shape, path, mismatch)
        words, instead = layer.mended(shape, insides) or (None, None)
        explained = ShapeMismatch(mismatch.what, mismatch.expected, instead=instead, words=words)
        return LayerShape(path, layer, shape, instead.measure(shape) if instead else None, explained)


def last_row(rows: tuple[LayerShape, ...]) -> LayerShape | None:
    """The layer whose output is the network's; in containers whose output is that of their last layer, that layer."""
    active = [row for row in rows if row.active]
    last, level = None, [row for row in active if not row.nested]
    while level:
        last = level[-1]
        ends = isinstance(last.layer, Container) and last.layer.ends_as_its_body
        level = [row for row in active if row.path[:-2] == last.path and row.nested] if ends else []
    return last


def totals(rows: tuple[LayerShape, ...]) -> Totals:
    """Add up the rows that `walk` returned; the row of a container includes its layers."""
    whole = [row for row in rows if not row.nested]
    return Totals(
        layers=sum(row.active for row in rows),
        parameters=sum(row.parameters or 0 for row in whole),
        trained_parameters=sum(row.trained_parameters for row in whole),
        flops=sum(row.flops or 0 for row in whole),
        weight_bytes=sum(row.bytes for row in whole),
        activation_bytes=sum(4 * row.measure.activations for row in whole if row.measure),
        kept_bytes=sum(4 * row.measure.kept for row in whole if row.measure),
        complete=all(row.measure is not None and row.mismatch is None for row in rows),
    )
