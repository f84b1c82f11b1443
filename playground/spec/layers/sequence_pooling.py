"""SequencePool: one vector out of a whole sequence."""

from __future__ import annotations

from typing import ClassVar, Literal

from playground.spec.call import Call, call
from playground.spec.component import choice
from playground.spec.layer import Kind, Layer, Section, Shape
from playground.spec.layers.steps import require_sequence
from playground.spec.messages import Message, message, tr_noop


class SequencePool(Layer):
    """The mean, maximum, first or last of the steps of a sequence: (steps, features) → (features,)."""

    id: ClassVar[str] = "sequence_pool"
    label: ClassVar[str] = tr_noop("SequencePool")
    help: ClassVar[str] = tr_noop(
        "Makes one vector of a whole sequence: the mean or the maximum of all steps, or the first or last of them."
    )
    keywords: ClassVar[str] = tr_noop("mean max first last average global pooling steps summary")
    kind: ClassVar[Kind] = Kind.POOLING
    section: ClassVar[Section] = Section.SEQUENCE
    sort_order: ClassVar[int] = 1
    explained: ClassVar[str] = "playground.engine.probes.explained_choices.pooled_steps"

    how: Literal["mean", "max", "first", "last"] = choice(
        "mean",
        tr_noop("What"),
        tr_noop("The value that is kept of the steps; a class token is the first."),
        labels={"mean": tr_noop("mean"), "max": tr_noop("maximum"), "first": tr_noop("first"), "last": tr_noop("last")},
    )

    def output_shape(self, shape: Shape) -> Shape:
        _, features = require_sequence(self, shape)
        return (features,)

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("playground.engine.modules.positions.SequencePool", self.how),)

    def summary(self) -> tuple[Message, ...]:
        words = {
            "mean": tr_noop("mean"),
            "max": tr_noop("maximum"),
            "first": tr_noop("first step"),
            "last": tr_noop("last step"),
        }
        return (message(words[self.how]),)
