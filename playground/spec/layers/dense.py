"""Fully connected layers."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from playground.spec.call import Call, call
from playground.spec.component import integer
from playground.spec.layer import Kind, Mismatch, Section, Shape, described
from playground.spec.layers.shape import Flatten
from playground.spec.layers.weighted import Weighted
from playground.spec.messages import Message, mark, say

MOST_UNITS = 1_000_000


class Linear(Weighted):
    """`torch.nn.Linear` on vectors, and on every step of a sequence: y = x Wᵀ + b."""

    id: ClassVar[str] = "linear"
    label: ClassVar[str] = mark("Linear")
    help: ClassVar[str] = mark(
        "Every output is a weighted sum of every input, plus a bias: y = xWᵀ + b. "
        "Of a sequence it does the same to each step."
    )
    keywords: ClassVar[str] = mark("dense fully connected perceptron units")
    kind: ClassVar[Kind] = Kind.DENSE
    section: ClassVar[Section] = Section.CORE
    place: ClassVar[int] = -2

    out_features: int = integer(
        128, mark("Units"), mark("How many outputs, each with weights of its own (out_features)."), ge=1, le=MOST_UNITS
    )

    def looks_ahead(self, shape: Shape) -> bool:
        return False

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) > 2:
            raise Mismatch(
                say("Linear reads vectors, but receives {shape}.", shape=described(shape)),
                say("a vector of {count:,} numbers", count=prod(shape)),
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
            say("1 unit") if self.out_features == 1 else say("{count:,} units", count=self.out_features),
            *super().summary(),
        )
