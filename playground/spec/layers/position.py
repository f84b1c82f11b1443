"""Positions and the class token: what a Transformer's steps are told before they look at one another."""

from __future__ import annotations

from typing import ClassVar

from playground.spec.call import Call, call
from playground.spec.layer import Kind, Layer, Section, Shape, Tensor
from playground.spec.layers.steps import require_sequence
from playground.spec.messages import tr_noop


class StepMark(Layer):
    """Part of the family: a vector for steps, of the length of their features."""

    kind: ClassVar[Kind] = Kind.ATTENTION
    section: ClassVar[Section] = Section.ATTENTION

    def is_causal(self, shape: Shape) -> bool:
        return True


class LearnedPosition(StepMark):
    """A vector for each step, added to it; drawn from a normal distribution of 0.02 at first."""

    id: ClassVar[str] = "learned_position"
    label: ClassVar[str] = tr_noop("LearnedPosition")
    help: ClassVar[str] = tr_noop(
        "Adds a learned vector to each step, by its place: attention alone would not know what comes before what."
    )
    keywords: ClassVar[str] = tr_noop("positional embedding encoding transformer vit gpt order")

    def output_shape(self, shape: Shape) -> Shape:
        return require_sequence(self, shape)

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("playground.engine.modules.positions.LearnedPosition", *shape),)

    def tensors(self, shape: Shape) -> tuple[Tensor, ...]:
        return (Tensor("weight", shape, scale=True),)  # no matrix: each number is added to one


class SinusoidalPosition(StepMark):
    """The waves of Vaswani et al., Attention Is All You Need (2017), section 3.5."""

    id: ClassVar[str] = "sinusoidal_position"
    label: ClassVar[str] = tr_noop("SinusoidalPosition")
    help: ClassVar[str] = tr_noop(
        "Adds to each step sine waves of many lengths, by which its place can be told. Nothing is learned here."
    )
    keywords: ClassVar[str] = tr_noop("positional encoding sine cosine transformer order")

    def output_shape(self, shape: Shape) -> Shape:
        return require_sequence(self, shape)

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("playground.engine.modules.positions.SinusoidalPosition", *shape),)

    def tensors(self, shape: Shape) -> tuple[Tensor, ...]:
        return (Tensor("waves", shape, learned=False),)


class ClassToken(StepMark):
    """A learned step in front of all others (Devlin et al., 2018; Dosovitskiy et al., 2020)."""

    id: ClassVar[str] = "class_token"
    label: ClassVar[str] = tr_noop("ClassToken")
    help: ClassVar[str] = tr_noop(
        "Puts a learned step in front, in which attention gathers what matters; SequencePool then takes this first one."
    )
    keywords: ClassVar[str] = tr_noop("cls transformer vit bert summary")

    def output_shape(self, shape: Shape) -> Shape:
        steps, features = require_sequence(self, shape)
        return (steps + 1, features)

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("playground.engine.modules.positions.ClassToken", shape[1]),)

    def tensors(self, shape: Shape) -> tuple[Tensor, ...]:
        return (Tensor("weight", shape[1:]),)
