"""Shapes, parameters and cost of every layer, from the declaration alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod

from playground.spec.call import Call
from playground.spec.edits import Path
from playground.spec.layer import Container, Layer, Mismatch, Shape, Stack, Tensor, Tokens, described
from playground.spec.words import say


@dataclass(frozen=True, slots=True)
class Row:
    """One layer with what it makes of its input.

    `input` is None where an earlier layer left the shape unknown; `mismatch` says why this layer cannot
    take its input, and then the figures are those after the mend, where there is one.
    """

    path: Path
    layer: Layer
    input: Shape | None
    output: Shape | None
    parameters: int | None
    flops: int | None
    tensors: tuple[Tensor, ...] = ()
    calls: tuple[Call, ...] = ()
    mismatch: Mismatch | None = None

    @property
    def bytes(self) -> int:
        """Size of all parameters and buffers."""
        return sum(tensor.bytes for tensor in self.tensors)


@dataclass(frozen=True, slots=True)
class Totals:
    """What the status line shows; FLOPs and activation bytes are for one sample."""

    layers: int
    parameters: int
    flops: int
    weight_bytes: int
    activation_bytes: int
    complete: bool  # False where some layer's shape is unknown or does not fit


def output_of(layer: Layer, shape: Shape) -> Shape:
    """The shape that comes out of a layer when `shape` goes in; only those that read codes are given any.

    Raises:
        Mismatch: the layer cannot take that shape.
    """
    codes = isinstance(shape, Tokens)
    if codes and not layer.reads_tokens:
        embedding = Layer.member("embedding")
        raise Mismatch(
            say("{layer} computes with numbers, but receives {shape}.", layer=layer.label, shape=described(shape)),
            say("a vector for each code, as an Embedding gives it"),
            before=embedding() if embedding else None,
        )
    if layer.reads_tokens and not codes:
        raise Mismatch(
            say("{layer} reads codes, but receives {shape}.", layer=layer.label, shape=described(shape)),
            say("codes, as text is made of: it stands first"),
        )
    return layer.output_shape(shape)


def walk(stack: Stack, shape: Shape, before: tuple[Row, ...] = ()) -> tuple[Row, ...]:
    """Follow `shape` through all layers, also past those that do not fit, if their mend is known.

    `before` are rows of an earlier walk: what is known of a layer that still receives the same is not worked out anew.
    """
    return tuple(_walk(stack, shape, (), {id(row.layer): row for row in before if row.mismatch is None}))


def _walk(stack: Stack, shape: Shape | None, prefix: Path, known: dict[int, Row]) -> Iterator[Row]:
    for index, layer in enumerate(stack.layers):
        path, row = (*prefix, index), known.get(id(layer))
        if row is None or row.input != shape:
            row = _row(layer, shape, path)
        elif row.path != path:
            row = replace(row, path=path)
        yield row
        if isinstance(layer, Container):
            for number, branch in enumerate(layer.branches):
                yield from _walk(branch, row.input, (*row.path, number), known)
        shape = row.output


def _row(layer: Layer, shape: Shape | None, path: Path) -> Row:
    if shape is None or not layer.enabled:
        known = 0 if shape is not None else None
        return Row(path, layer, shape, shape, known, known)
    try:
        return _measured(layer, layer, shape, path)
    except Mismatch as mismatch:
        return _after_mend(layer, shape, path, mismatch)


def _after_mend(layer: Layer, shape: Shape, path: Path, mismatch: Mismatch) -> Row:
    """The row of a layer that does not fit, with the figures it will have once mended."""
    mended = mismatch.instead or layer
    try:
        entering = output_of(mismatch.before, shape) if mismatch.before else shape
        return _measured(layer, mended, entering, path, mismatch)
    except Mismatch:
        return Row(path, layer, shape, None, None, None, mismatch=mismatch)


def _measured(layer: Layer, computed: Layer, shape: Shape, path: Path, mismatch: Mismatch | None = None) -> Row:
    output, tensors = output_of(computed, shape), computed.tensors(shape)
    return Row(
        path,
        layer,
        shape,
        output,
        sum(tensor.count for tensor in tensors if tensor.learned),
        computed.flops(shape),
        tensors,
        computed.calls(shape),
        mismatch,
    )


def totals(rows: tuple[Row, ...]) -> Totals:
    """Add up what `walk` found."""
    return Totals(
        layers=len(rows),
        parameters=sum(row.parameters or 0 for row in rows),
        flops=sum(row.flops or 0 for row in rows),
        weight_bytes=sum(row.bytes for row in rows),
        activation_bytes=sum(4 * prod(row.output) for row in rows if row.output and row.layer.enabled),
        complete=all(row.output is not None and row.mismatch is None for row in rows),
    )
