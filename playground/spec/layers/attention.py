"""Attention layers: each step of a sequence takes a weighted sum over all steps."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from playground.spec.call import Call, call
from playground.spec.component import choice, flag, integer, real
from playground.spec.display import Display, Inside
from playground.spec.layer import Kind, Section, Shape, ShapeMismatch, Tensor
from playground.spec.layers.steps import require_sequence
from playground.spec.layers.weighted import Initialised
from playground.spec.messages import Message, message, plural, tr_noop
from playground.spec.number_text import setting_text

_HEADS = tr_noop("How many attention heads work in parallel, each with a part of the features.")


class Attention(Initialised):
    """Base class of layers with multi-head attention."""

    kind: ClassVar[Kind] = Kind.ATTENTION
    section: ClassVar[Section] = Section.ATTENTION
    sort_order: ClassVar[int] = 1
    can_be_stochastic: ClassVar[bool] = True

    num_heads: int = integer(4, tr_noop("Heads"), _HEADS, ge=1, le=1024)
    head_dim: int = integer(
        0,
        tr_noop("Head size"),
        tr_noop("Features of the queries, keys and values of each head; 0 divides those of the input among the heads."),
        ge=0,
        le=65_536,
        since=7,
    )
    causal: bool = flag(
        False, tr_noop("Causal"), tr_noop("No step sees later steps, as in a model that predicts the next one.")
    )
    dropout: float = real(
        0.0, tr_noop("Dropout"), tr_noop("Share of the numbers that is dropped while training."), ge=0.0, le=0.95
    )

    def is_causal(self, shape: Shape) -> bool:
        return self.causal

    def as_causal(self) -> Self:
        return self.with_(causal=True)

    @property
    def is_stochastic(self) -> bool:
        return self.dropout > 0.0

    def output_shape(self, shape: Shape) -> Shape:
        steps, features = require_sequence(self, shape)
        if not self.head_dim and features % self.num_heads:
            most = max(count for count in range(1, self.num_heads) if features % count == 0)
            raise ShapeMismatch(
                message("{heads} heads do not divide {count:,} features.", heads=self.num_heads, count=features),
                message("a number of heads that divides {count:,}", count=features),
                instead=self.with_(num_heads=most),
            )
        return steps, features

    def options(self) -> dict[str, object]:
        """The arguments after the sizes, without those that have their default."""
        given = {"head_dim": self.head_dim, "causal": self.causal, "dropout": self.dropout}
        return {name: value for name, value in given.items() if value}

    def size_of_head(self, shape: Shape) -> int:
        """The features of each head."""
        return self.head_dim or shape[1] // self.num_heads

    def pinned(self, shape: Shape) -> Self:
        return self.with_(head_dim=self.size_of_head(shape))

    def unit_size(self, field: str, shape: Shape) -> int:
        return self.size_of_head(shape) if field == "num_heads" else 1

    def attention_flops(self, shape: Shape) -> int:
        """Four projections of each step, and two products between all steps of all heads."""
        steps, features = shape
        within = self.num_heads * self.size_of_head(shape)
        return 2 * steps * 4 * features * within + 2 * 2 * steps * steps * within

    def kept(self, shape: Shape) -> int:
        """Queries, keys, values and outputs; with dropout the attention weights of all pairs of steps as well."""
        steps, features = shape
        within = self.num_heads * self.size_of_head(shape)
        return steps * (features + 5 * within) + (3 * self.num_heads * steps * steps if self.dropout else 0)

    def summary(self) -> tuple[Message, ...]:
        parts = [plural("{count} heads", "1 head", self.num_heads)]
        if self.head_dim:
            parts.append(message("head size {count:,}", count=self.head_dim))
        if self.causal:
            parts.append(message("causal"))
        if self.dropout:
            parts.append(message("dropout {p}", p=setting_text(self.dropout)))
        return tuple(parts)


class SelfAttention(Attention):
    """Multi-head self-attention (Vaswani et al., 2017), as `torch.nn.MultiheadAttention` computes it."""

    id: ClassVar[str] = "self_attention"
    label: ClassVar[str] = tr_noop("SelfAttention")
    help: ClassVar[str] = tr_noop(
        "Each step compares its query with the keys of all steps and takes a weighted sum of their values. "
        "It does not know their order: add a position layer in front."
    )
    keywords: ClassVar[str] = tr_noop("multi-head multihead attention mha transformer query key value")
    inside: ClassVar[Inside | None] = Inside(Display.ATTENTION, "playground.engine.probes.insides.attention_weights")
    explained: ClassVar[str] = "playground.engine.probes.explained_steps.attention"
    unit_fields: ClassVar[tuple[str, ...]] = ("num_heads",)

    bias: bool = flag(True, tr_noop("Bias"), tr_noop("Adds learned constants to the projections."))

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        options = self.options() if self.bias else {**self.options(), "bias": False}
        return (call("playground.engine.modules.attention.SelfAttention", shape[1], self.num_heads, **options),)

    def tensors(self, shape: Shape) -> tuple[Tensor, ...]:
        return _projections(shape[1], self.num_heads * self.size_of_head(shape), "", self.bias)

    def filled(self) -> tuple[str, ...]:
        return ("qkv.weight", "out.weight")

    def flops(self, shape: Shape) -> int:
        return self.attention_flops(shape)


class TransformerBlock(Attention):
    """The encoder layer of Vaswani et al. (2017), causal or not; as `torch.nn.TransformerEncoderLayer` computes it."""

    id: ClassVar[str] = "transformer_block"
    label: ClassVar[str] = tr_noop("TransformerBlock")
    help: ClassVar[str] = tr_noop(
        "Self-attention, then two dense layers on every step, each with a shortcut around it and LayerNorm. "
        "A Transformer is a stack of these blocks."
    )
    keywords: ClassVar[str] = tr_noop("attention transformer encoder decoder layer gpt vit bert multihead")
    inside: ClassVar[Inside | None] = Inside(Display.ATTENTION, "playground.engine.probes.insides.block_attention")
    explained: ClassVar[str] = "playground.engine.probes.explained_steps.block_attention"
    units_field: ClassVar[str] = "dim_feedforward"
    unit_fields: ClassVar[tuple[str, ...]] = ("dim_feedforward", "num_heads")

    num_heads: int = integer(
        4, tr_noop("Heads"), _HEADS, ge=1, le=1024
    )  # declared again so that the form begins with it
    dim_feedforward: int = integer(
        256, tr_noop("Width"), tr_noop("Units between the two dense layers (dim_feedforward)."), ge=1, le=65_536
    )
    norm_first: bool = flag(
        True,
        tr_noop("Norm first"),
        tr_noop(
            "LayerNorm before attention and dense layers, which trains more easily, or after them, as first published."
        ),
    )
    activation: Literal["gelu", "relu"] = choice(
        "gelu",
        tr_noop("Activation"),
        tr_noop("The activation between the two dense layers."),
        labels={"gelu": tr_noop("GELU"), "relu": tr_noop("ReLU")},
    )

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        options = self.options()
        if not self.norm_first:
            options["norm_first"] = False
        if self.activation != "gelu":
            options["activation"] = self.activation
        target = "playground.engine.modules.attention.TransformerBlock"
        return (call(target, shape[1], self.num_heads, self.dim_feedforward, **options),)

    def tensors(self, shape: Shape) -> tuple[Tensor, ...]:
        features, width = shape[1], self.dim_feedforward
        return (
            *_vectors("norm1", features),
            *_projections(features, self.num_heads * self.size_of_head(shape), "attention.", True),
            *_vectors("norm2", features),
            Tensor("expand.weight", (width, features)),
            Tensor("expand.bias", (width,)),
            Tensor("contract.weight", (features, width)),
            Tensor("contract.bias", (features,)),
        )

    def filled(self) -> tuple[str, ...]:
        return ("attention.qkv.weight", "attention.out.weight", "expand.weight", "contract.weight")

    def flops(self, shape: Shape) -> int:
        return self.attention_flops(shape) + 2 * shape[0] * 2 * shape[1] * self.dim_feedforward

    def kept(self, shape: Shape) -> int:
        steps, features = shape
        within = steps * (2 * features + self.dim_feedforward)
        return super().kept(shape) + within * (2 if self.dropout else 1)

    def summary(self) -> tuple[Message, ...]:
        first, *others = super().summary()
        parts = [first, message("width {count:,}", count=self.dim_feedforward), *others]
        if self.activation != "gelu":
            parts.append(message("ReLU"))
        if not self.norm_first:
            parts.append(message("norm last"))
        return tuple(parts)


def _projections(features: int, within: int, prefix: str, bias: bool) -> tuple[Tensor, ...]:
    """Weights and biases of the joint projection to queries, keys and values, and of the output projection.

    within: features of all heads together.
    """
    sizes = ((f"{prefix}qkv", 3 * within, features), (f"{prefix}out", features, within))
    return tuple(
        tensor
        for name, rows, columns in sizes
        for tensor in (
            Tensor(f"{name}.weight", (rows, columns)),
            *((Tensor(f"{name}.bias", (rows,)),) if bias else ()),
        )
    )


def _vectors(name: str, length: int) -> tuple[Tensor, ...]:
    return Tensor(f"{name}.weight", (length,)), Tensor(f"{name}.bias", (length,))
