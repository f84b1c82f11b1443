"""Flatten: any shape becomes a vector."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from playground.spec.call import Call, call
from playground.spec.layer import Kind, Layer, Section, Shape
from playground.spec.messages import tr_noop


class Flatten(Layer):
    """`torch.nn.Flatten`."""

    id: ClassVar[str] = "flatten"
    label: ClassVar[str] = tr_noop("Flatten")
    help: ClassVar[str] = tr_noop("Arranges all numbers in one vector, as Linear needs them. Nothing is learned here.")
    keywords: ClassVar[str] = tr_noop("reshape vector")
    kind: ClassVar[Kind] = Kind.SHAPE
    section: ClassVar[Section] = Section.CORE
    sort_order: ClassVar[int] = -1
    displayed: ClassVar[bool] = False
    explained: ClassVar[str] = "playground.engine.probes.explained_moves.moved"

    def output_shape(self, shape: Shape) -> Shape:
        return (prod(shape),)

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("torch.nn.Flatten"),)
