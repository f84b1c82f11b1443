"""Finds the layers that let a language model see the characters that it has to predict."""

from __future__ import annotations

from playground.spec.check.shapes import LayerShape, walk
from playground.spec.layer import Layer, Shape, Stack, is_sequence
from playground.spec.messages import Message, message


def looks_ahead(row: LayerShape) -> bool:
    """Whether a layer that fits lets later steps of a sequence influence earlier ones."""
    if not row.active or row.mismatch is not None or row.input is None:
        return False
    return is_sequence(row.input) and not row.layer.is_causal(row.input)


def mixes_steps(layer: Layer, shape: Shape) -> bool:
    """Whether the layer, or a layer in it, is not causal and no setting makes it so."""
    rows = walk(Stack(layers=(layer,)), shape)
    return any(looks_ahead(row) and row.layer.as_causal() is row.layer for row in rows)


def peeking(layer: Layer) -> Message:
    """The problem with such a layer, as a sentence."""
    return message("{layer} lets the network see the characters that it has to predict.", layer=message(layer.label))
