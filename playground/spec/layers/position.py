"""Position encodings and the class token, which a Transformer needs before its first attention layer."""

from __future__ import annotations

from typing import ClassVar

from playground.spec.call import Call, call
from playground.spec.layer import Kind, Layer, Section, Shape, Tensor, Trainable
from playground.spec.layers.steps import require_sequence
from playground.spec.messages import tr_noop


class StepMark(Layer):
    """Base class of layers that add vectors of the features' length to a sequence, or put one in front."""

    kind: ClassVar[Kind] = Kind.ATTENTION
    section: ClassVar[Section] = Section.ATTENTION

    def is_causal(self, shape: Shape) -> bool:
        return True


class LearnedPosition(StepMark, Trainable):
    """A learned vector added to each step; drawn at first from a normal distribution of standard deviation 0.02."""

    id: ClassVar[str] = "learned_position"
    label: ClassVar[str] = tr_noop("LearnedPosition")
    help: ClassVar[str] = tr_noop(
        "Adds a learned vector to each step, by its position: attention alone does not know the order of the steps."
    )
    keywords: ClassVar[str] = tr_noop("positional embedding encoding transformer vit gpt order")
    explained: ClassVar[str] = "playground.engine.probes.explained_moves.position"

    def output_shape(self, shape: Shape) -> Shape:
        return require_sequence(self, shape)

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("playground.engine.modules.positions.LearnedPosition", *shape),)

    def tensors(self, shape: Shape) -> tuple[Tensor, ...]:
        return (Tensor("weight", shape, scale=True),)  # not a weight matrix: added, not multiplied


class SinusoidalPosition(StepMark):
    """The sine and cosine waves of Vaswani et al., Attention Is All You Need (2017), section 3.5."""

    id: ClassVar[str] = "sinusoidal_position"
    label: ClassVar[str] = tr_noop("SinusoidalPosition")
    help: ClassVar[str] = tr_noop(
        "Adds sine waves of many wavelengths to each step, which encode its position. Nothing is learned here."
    )
    keywords: ClassVar[str] = tr_noop("positional encoding sine cosine transformer order")
    explained: ClassVar[str] = "playground.engine.probes.explained_moves.position"

    def output_shape(self, shape: Shape) -> Shape:
        return require_sequence(self, shape)

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("playground.engine.modules.positions.SinusoidalPosition", *shape),)

    def tensors(self, shape: Shape) -> tuple[Tensor, ...]:
        return (Tensor("waves", shape, learned=False),)


class ClassToken(StepMark, Trainable):
    """A learned step in front of all others (Devlin et al., 2018; Dosovitskiy et al., 2020)."""

    id: ClassVar[str] = "class_token"
    label: ClassVar[str] = tr_noop("ClassToken")
    help: ClassVar[str] = tr_noop(
        "Puts a learned step in front, in which attention can sum up the sequence; SequencePool then takes this step."
    )
    keywords: ClassVar[str] = tr_noop("cls transformer vit bert summary")
    explained: ClassVar[str] = "playground.engine.probes.explained_moves.class_token"

    def output_shape(self, shape: Shape) -> Shape:
        steps, features = require_sequence(self, shape)
        return (steps + 1, features)

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("playground.engine.modules.positions.ClassToken", shape[1]),)

    def tensors(self, shape: Shape) -> tuple[Tensor, ...]:
        return (Tensor("weight", shape[1:]),)
