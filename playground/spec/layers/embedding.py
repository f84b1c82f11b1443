"""Embedding and OneHot: the layers that turn codes into vectors, so that a network can read text."""

from __future__ import annotations

from typing import ClassVar

from playground.spec.call import Call, call
from playground.spec.component import integer
from playground.spec.layer import Kind, Layer, Section, Shape, Tensor, Tokens
from playground.spec.layers.weighted import Initialised
from playground.spec.messages import Message, message, tr_noop


class Embedding(Initialised):
    """`torch.nn.Embedding`, with a row for each code of the vocabulary."""

    id: ClassVar[str] = "embedding"
    label: ClassVar[str] = tr_noop("Embedding")
    help: ClassVar[str] = tr_noop(
        "Looks up a learned vector for each character or word. Those with a similar use get similar vectors."
    )
    keywords: ClassVar[str] = tr_noop("lookup table tokens characters words vocabulary text vectors")
    kind: ClassVar[Kind] = Kind.SEQUENCE
    section: ClassVar[Section] = Section.SEQUENCE
    reads_tokens: ClassVar[bool] = True
    explained: ClassVar[str] = "playground.engine.probes.explained_moves.embedding"
    units_field: ClassVar[str] = "embedding_dim"

    embedding_dim: int = integer(
        64, tr_noop("Features"), tr_noop("Length of each vector (embedding_dim)."), ge=1, le=65_536
    )

    def is_causal(self, shape: Shape) -> bool:
        return True

    def output_shape(self, shape: Shape) -> Shape:
        return (*shape, self.embedding_dim)

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("torch.nn.Embedding", _vocabulary(shape), self.embedding_dim),)

    def tensors(self, shape: Shape) -> tuple[Tensor, ...]:
        return (Tensor("weight", (_vocabulary(shape), self.embedding_dim)),)

    def summary(self) -> tuple[Message, ...]:
        return (message("{count:,} features", count=self.embedding_dim),)


class OneHot(Layer):
    """A vector for each code, 1 at the index of the code and 0 elsewhere."""

    id: ClassVar[str] = "one_hot"
    label: ClassVar[str] = tr_noop("OneHot")
    help: ClassVar[str] = tr_noop(
        "Makes a vector of each character or word, 1 at its index and 0 elsewhere: nothing is learned, and none "
        "is closer to another."
    )
    keywords: ClassVar[str] = tr_noop("one-hot encoding tokens characters words text")
    kind: ClassVar[Kind] = Kind.SEQUENCE
    section: ClassVar[Section] = Section.SEQUENCE
    reads_tokens: ClassVar[bool] = True
    explained: ClassVar[str] = "playground.engine.probes.explained_moves.one_hot"

    def is_causal(self, shape: Shape) -> bool:
        return True

    def output_shape(self, shape: Shape) -> Shape:
        return (*shape, _vocabulary(shape))

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("playground.engine.modules.one_hot.OneHot", _vocabulary(shape)),)


def _vocabulary(shape: Shape) -> int:
    """The number of different codes in the input of a layer that reads codes."""
    if not isinstance(shape, Tokens):
        raise TypeError(f"{shape} are no codes")  # never here: `Layer.measure` checks first
    return shape.vocabulary
