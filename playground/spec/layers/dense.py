"""Fully connected layers."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from playground.spec.call import Call, call
from playground.spec.component import integer
from playground.spec.layer import Kind, Section, Shape, ShapeMismatch, described
from playground.spec.layers.shape import Flatten
from playground.spec.layers.weighted import Weighted
from playground.spec.messages import Message, message, plural, tr_noop

MOST_UNITS = 1_000_000


class Linear(Weighted):
    """`torch.nn.Linear` on vectors, and on every step of a sequence: y = x Wᵀ + b."""

    id: ClassVar[str] = "linear"
    label: ClassVar[str] = tr_noop("Linear")
    help: ClassVar[str] = tr_noop(
        "Every output is a weighted sum of every input, plus a bias: y = xWᵀ + b. "
        "It is applied to each step of a sequence."
    )
    keywords: ClassVar[str] = tr_noop("dense fully connected perceptron units")
    kind: ClassVar[Kind] = Kind.DENSE
    section: ClassVar[Section] = Section.CORE
    sort_order: ClassVar[int] = -2
    explained: ClassVar[str] = "playground.engine.probes.explained_sums.dense"
    units_field: ClassVar[str] = "out_features"

    out_features: int = integer(
        128,
        tr_noop("Units"),
        tr_noop("How many outputs, each with its own weights (out_features)."),
        ge=1,
        le=MOST_UNITS,
    )

    def is_causal(self, shape: Shape) -> bool:
        return True

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) > 2:
            raise ShapeMismatch(
                message("Linear reads vectors, but receives {shape}.", shape=described(shape)),
                message("a vector of {count:,} numbers", count=prod(shape)),
                before=Flatten(),
            )
        return (*shape[:-1], self.out_features)

    def weight_shape(self, shape: Shape) -> Shape:
        return (self.out_features, shape[-1])

    def module(self, shape: Shape) -> Call:
        return call("torch.nn.Linear", shape[-1], self.out_features, **({} if self.bias else {"bias": False}))

    def flops(self, shape: Shape) -> int:
        return 2 * prod(shape) * self.out_features

    def summary(self) -> tuple[Message, ...]:
        return (
            plural("{count:,} units", "1 unit", self.out_features),
            *super().summary(),
        )
