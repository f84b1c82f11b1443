"""Layers that make learning harder on purpose, so that what is learned generalises."""

from __future__ import annotations

from typing import ClassVar

from playground.spec.call import Call, call
from playground.spec.component import real
from playground.spec.layer import Kind, Layer, Section, Shape
from playground.spec.words import Message, mark, say


class Dropout(Layer):
    """`torch.nn.Dropout`."""

    id: ClassVar[str] = "dropout"
    label: ClassVar[str] = mark("Dropout")
    help: ClassVar[str] = mark("While training, sets numbers to 0 at random, so that no unit can rely on another.")
    keywords: ClassVar[str] = "regularization regularisation"
    kind: ClassVar[Kind] = Kind.REGULARIZATION
    section: ClassVar[Section] = Section.NORMALISE

    p: float = real(
        0.25, mark("Probability"), mark("Share of the numbers that is dropped (p)."), ge=0.0, le=0.95, live=True
    )

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("torch.nn.Dropout", p=self.p),)

    def summary(self) -> tuple[Message, ...]:
        return (say("p = {p:g}", p=self.p),)
