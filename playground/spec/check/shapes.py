"""Shapes, parameters and cost of every layer, from the declaration alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from playground.spec.call import Call
from playground.spec.container import Container, in_order
from playground.spec.edits import LayerPath
from playground.spec.layer import Layer, Measure, Shape, ShapeMismatch, Stack, Tensor


@dataclass(frozen=True, slots=True)
class LayerShape:
    """One layer with what it makes of its input; of a container all that is in it is counted.

    `input` is None where an earlier layer left the shape unknown; `mismatch` says why this layer cannot
    take its input, and then the measure is that after the mend, None where there is none.
    """

    path: LayerPath
    layer: Layer
    input: Shape | None
    measure: Measure | None
    mismatch: ShapeMismatch | None = None
    active: bool = True  # whether neither it nor a container around it is disabled

    @property
    def output(self) -> Shape | None:
        """The shape that comes out."""
        return self.measure.output if self.measure else None

    @property
    def parameters(self) -> int | None:
        """How many numbers are learned."""
        return sum(tensor.count for tensor in self.tensors if tensor.learned) if self.measure else None

    @property
    def flops(self) -> int | None:
        """Floating-point operations of one sample's forward pass."""
        return self.measure.flops if self.measure else None

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """All parameters and buffers, those of layers in it by their names in its module."""
        return self.measure.tensors if self.measure else ()

    @property
    def calls(self) -> tuple[Call, ...]:
        """The modules it is made of."""
        return self.measure.calls if self.measure else ()

    @property
    def bytes(self) -> int:
        """Size of all parameters and buffers."""
        return sum(tensor.bytes for tensor in self.tensors)

    @property
    def nested(self) -> bool:
        """Whether it stands in a container."""
        return len(self.path) > 1


@dataclass(frozen=True, slots=True)
class Totals:
    """What the status line shows; FLOPs and activation bytes are for one sample."""

    layers: int  # those in containers counted, disabled ones not
    parameters: int
    flops: int
    weight_bytes: int
    activation_bytes: int
    kept_bytes: int  # what a training step keeps besides, for one sample
    complete: bool  # False where some layer's shape is unknown or does not fit


def output_of(layer: Layer, shape: Shape) -> Shape:
    """The shape that comes out of a layer when `shape` goes in.

    Raises:
        ShapeMismatch: the layer cannot take that shape.
    """
    return layer.measure(shape).output


def walk(stack: Stack, shape: Shape, before: tuple[LayerShape, ...] = ()) -> tuple[LayerShape, ...]:
    """Follow `shape` through all layers, also past those that do not fit, if their mend is known.

    `before` are rows of an earlier walk: what is known of a layer that still receives the same is not worked out anew.
    """
    return tuple(_walk(stack, shape, (), {id(row.layer): row for row in before if row.mismatch is None}))


def _walk(
    stack: Stack, shape: Shape | None, prefix: LayerPath, known: dict[int, LayerShape], active: bool = True
) -> Iterator[LayerShape]:
    for index, layer in enumerate(stack.layers):
        path, on, inner = (*prefix, index), active and layer.enabled, []
        if isinstance(layer, Container):
            branches = enumerate(layer.branches)
            inner = [tuple(_walk(branch, shape, (*path, number), known, on)) for number, branch in branches]
        row = known.get(id(layer))
        if row is None or row.input != shape or row.active != on:
            row = _row(layer, shape, path, on, inner)
        elif row.path != path:
            row = replace(row, path=path)
        yield row
        for rows in inner:
            yield from rows
        shape = row.output


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
        return _after_mend(layer, shape, path, mismatch)


def _after_mend(layer: Layer, shape: Shape, path: LayerPath, mismatch: ShapeMismatch) -> LayerShape:
    """The row of a layer that does not fit, with the figures it will have once mended."""
    mended = mismatch.instead or layer
    try:
        entering = output_of(mismatch.before, shape) if mismatch.before else shape
        return LayerShape(path, layer, shape, mended.measure(entering), mismatch)
    except ShapeMismatch:
        return LayerShape(path, layer, shape, None, mismatch)


def _container_row(layer: Container, shape: Shape, path: LayerPath, inner: list[tuple[LayerShape, ...]]) -> LayerShape:
    """The row of a container: what does not fit in it is said there, and only what does not go together here."""
    direct = [[row for row in rows if len(row.path) == len(path) + 2] for rows in inner]
    if any(row.measure is None for rows in direct for row in rows):
        return LayerShape(path, layer, shape, None)
    insides = tuple(in_order(shape, (row.measure for row in rows if row.measure)) for rows in direct)
    try:
        return LayerShape(path, layer, shape, layer.around(shape, insides))
    except ShapeMismatch as mismatch:
        if any(row.mismatch for rows in inner for row in rows):
            return LayerShape(path, layer, shape, None)  # what is in it comes first
        if mismatch.before is not None and layer.takes(output_of(mismatch.before, shape)):
            return _after_mend(layer, shape, path, mismatch)
        words, instead = layer.mended(shape, insides) or (None, None)
        told = ShapeMismatch(mismatch.what, mismatch.expected, instead=instead, words=words)
        return LayerShape(path, layer, shape, instead.measure(shape) if instead else None, told)


def last_row(rows: tuple[LayerShape, ...]) -> LayerShape | None:
    """The layer whose output is the network's, looked for in containers that end as their body does."""
    active = [row for row in rows if row.active]
    last, there = None, [row for row in active if not row.nested]
    while there:
        last = there[-1]
        ends = isinstance(last.layer, Container) and last.layer.ends_as_its_body
        there = [row for row in active if row.path[:-2] == last.path and row.nested] if ends else []
    return last


def totals(rows: tuple[LayerShape, ...]) -> Totals:
    """Add up what `walk` found; what is in a container is counted with it."""
    whole = [row for row in rows if not row.nested]
    return Totals(
        layers=sum(row.active for row in rows),
        parameters=sum(row.parameters or 0 for row in whole),
        flops=sum(row.flops or 0 for row in whole),
        weight_bytes=sum(row.bytes for row in whole),
        activation_bytes=sum(4 * row.measure.activations for row in whole if row.measure),
        kept_bytes=sum(4 * row.measure.kept for row in whole if row.measure),
        complete=all(row.measure is not None and row.mismatch is None for row in rows),
    )
