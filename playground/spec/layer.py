"""The base class of layers, which declare output shape, tensors, cost and calls for an input shape."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from math import prod
from typing import ClassVar, Literal, Self

from pydantic import Field

from playground.spec.call import Call
from playground.spec.component import Component, flag
from playground.spec.display import Display, Inside
from playground.spec.messages import Message, message, tr_noop

Shape = tuple[int, ...]  # without the batch: an image (C, H, W), a sequence (steps, features) or a vector (F,)


class Tokens(tuple[int, ...]):
    """The shape of codes, (steps,) int64 from 0 to below `vocabulary`, each for a character or word."""

    vocabulary: int

    def __new__(cls, steps: int, vocabulary: int) -> Self:
        tokens = super().__new__(cls, (steps,))
        tokens.vocabulary = vocabulary
        return tokens

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tokens) and self.vocabulary == other.vocabulary and super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other  # `tuple` defines its own

    def __hash__(self) -> int:
        return hash((super().__hash__(), self.vocabulary))

    def __repr__(self) -> str:
        return f"Tokens({self[0]}, vocabulary={self.vocabulary})"

    def __getnewargs__(self) -> tuple[int, int]:
        """The arguments with which `copy` and `pickle` make it again."""
        return self[0], self.vocabulary


def is_sequence(shape: Shape) -> bool:
    """Whether its first dimension is steps: (steps, features), or codes."""
    return len(shape) == 2 or isinstance(shape, Tokens)


def display_of(shape: Shape) -> Display | None:
    """How numbers of that shape are displayed; None if they cannot be."""
    if isinstance(shape, Tokens):
        return Display.CODES
    if len(shape) == 3 and shape[1:] == (1, 1):
        return Display.UNITS
    return {1: Display.UNITS, 2: Display.SEQUENCE, 3: Display.MAPS}.get(len(shape))


def shape_text(shape: Shape) -> str:
    """A shape as text: `1 × 28 × 28`, `7,744`."""
    return " × ".join(f"{length:,}" for length in shape)


def described(shape: Shape) -> Message:
    """A shape as part of a sentence: `an image of 1 × 28 × 28`."""
    if isinstance(shape, Tokens):
        return message("{steps:,} codes out of {vocabulary:,}", steps=shape[0], vocabulary=shape.vocabulary)
    templates = {
        1: tr_noop("a vector of {shape}"),
        2: tr_noop("a sequence of {shape}"),
        3: tr_noop("an image of {shape}"),
    }
    return message(templates.get(len(shape), tr_noop("numbers in {shape}")), shape=shape_text(shape))


class Kind(StrEnum):
    """The kind of a layer; the window shows each in its own colour."""

    SHAPE = "shape"
    DENSE = "dense"
    CONVOLUTION = "convolution"
    POOLING = "pooling"
    ACTIVATION = "activation"
    NORMALIZATION = "normalization"
    REGULARIZATION = "regularization"
    SEQUENCE = "sequence"
    ATTENTION = "attention"
    CONTAINER = "container"


class Section(StrEnum):
    """The heading of a layer in the palette."""

    CORE = tr_noop("Core")
    IMAGE = tr_noop("Image")
    SEQUENCE = tr_noop("Sequence")
    ATTENTION = tr_noop("Attention")
    GENERATIVE = tr_noop("Generative")
    NORMALISE = tr_noop("Normalise")
    ACTIVATION = tr_noop("Activation")
    CONTAINERS = tr_noop("Containers")

    def suits(self, shape: Shape) -> bool:
        """Whether layers of this section are meant for data of that shape."""
        if self is Section.IMAGE:
            return len(shape) == 3
        if self in (Section.SEQUENCE, Section.ATTENTION):
            return is_sequence(shape)
        return True


@dataclass(frozen=True, slots=True)
class Tensor:
    """One parameter or buffer of a layer: its name in the module, shape and whether it is learned."""

    name: str
    shape: Shape
    learned: bool = True
    dtype: Literal["float32", "int64"] = "float32"
    scale: bool = False  # not a matrix or filter in spite of its dimensions: a norm's scale or shift, a position
    frozen: bool = False  # keeps its values during training

    @property
    def trained(self) -> bool:
        """Whether the optimizer updates it."""
        return self.learned and not self.frozen

    @property
    def penalised(self) -> bool:
        """Whether regularizers count it: weight matrices and filters, but not biases and norms."""
        return self.learned and len(self.shape) > 1 and not self.scale

    @property
    def count(self) -> int:
        """Number of elements."""
        return prod(self.shape)

    @property
    def bytes(self) -> int:
        """Size in memory, in bytes."""
        return self.count * (4 if self.dtype == "float32" else 8)


@dataclass(frozen=True, slots=True)
class Measure:
    """The output shape, calls, tensors and cost of a layer, or of several in order, for an input shape."""

    output: Shape
    calls: tuple[Call, ...] = ()
    tensors: tuple[Tensor, ...] = ()
    initializers: tuple[tuple[str, Call], ...] = ()  # see `Layer.initialise`
    flops: int = 0  # of the forward pass of one sample
    activations: int = 0  # numbers in the outputs of all layers in it, for one sample
    modules: int = 0  # number of modules
    kept: int = 0  # further numbers that a training step keeps for its backward pass, for one sample


class ShapeMismatch(Exception):
    """A layer cannot take its input shape: the reason and, where one is known, a fix."""

    def __init__(
        self,
        what: Message,
        expected: Message,
        *,
        before: Layer | None = None,
        instead: Layer | None = None,
        words: Message | None = None,
    ):
        super().__init__(str(what))
        self.what = what
        self.expected = expected
        self.before = before  # the fix is to insert this layer in front
        self.instead = instead  # the fix is to replace the layer by this one
        self.words = words  # the label of the fix, where the names of the changed fields are not enough


class Layer(Component):
    """Base class of layers. Shapes are without the batch; FLOPs are for one sample.

    FLOPs count matrix products and convolutions, two per multiply-add, as `torch.utils.flop_counter` does.
    """

    kind: ClassVar[Kind]
    section: ClassVar[Section]
    sort_order: ClassVar[int] = 0  # sort key within its section, smaller first; equal ones in order of definition
    can_be_stochastic: ClassVar[bool] = False  # whether it can draw random numbers while training
    reads_tokens: ClassVar[bool] = False  # whether it reads `Tokens`, and nothing else
    has_extra_loss: ClassVar[bool] = False  # whether its module's `extra_loss`, of the last pass, is added to the loss
    displayed: ClassVar[bool] = True  # whether its block shows its output; not where it passes the same numbers on
    inside: ClassVar[Inside | None] = None  # what its block shows in place of its output
    units_field: ClassVar[str] = ""  # the field that counts its units, filters or features; "" where it has none
    unit_fields: ClassVar[tuple[str, ...]] = ()  # those that count what can be pruned; empty: `units_field` alone
    explained: ClassVar[str] = ""  # the function of `playground.engine.probes` that explains one number; "" for none

    enabled: bool = Field(True, strict=True)  # a disabled layer is skipped; set on the block, not in the form

    def output_shape(self, shape: Shape) -> Shape:
        """The output shape for an input of `shape`.

        Raises:
            ShapeMismatch: the layer cannot take that shape.
        """
        return shape

    @abstractmethod
    def calls(self, shape: Shape) -> tuple[Call, ...]:
        """The calls that make the layer's modules, in order, for an input of `shape`."""

    def tensors(self, shape: Shape) -> tuple[Tensor, ...]:
        """The parameters and buffers of the first call's module, in the order of its `state_dict`."""
        return ()

    def initialise(self, shape: Shape) -> tuple[tuple[str, Call], ...]:
        """The tensors to initialise after building, by name, each with the call that fills it in place."""
        return ()

    def flops(self, shape: Shape) -> int:
        """Floating-point operations of one sample's forward pass."""
        return 0

    def pinned(self, shape: Shape) -> Self:
        """The same layer with the sizes set that otherwise follow from others, so that it can lose units alone."""
        return self

    def unit_size(self, field: str, shape: Shape) -> int:
        """How many neighbours along a tensor's dimension belong to each unit that a field counts."""
        return 1

    def kept(self, shape: Shape) -> int:
        """About how many numbers a training step keeps of one sample, without the output; see `spec.check.memory`."""
        return 0

    def is_causal(self, shape: Shape) -> bool:
        """Whether each step of the output depends on the same and earlier steps of the input only.

        The input is a sequence, (steps, features), or codes, (steps). The answer holds for a trained network, in which
        the statistics of BatchNorm are fixed. Where steps are not the first dimension of the output, the order of
        steps is lost, and the answer is no. A layer that does not override this method counts as not causal.
        """
        return False

    def as_causal(self) -> Self:
        """The same layer, set so that it is causal; the layer itself where no setting makes it so."""
        return self

    def display(self, output: Shape) -> Display | None:
        """How its block displays what it computes, given the shape of its output; None for not at all."""
        return self.display_inside(output) if self.displayed else None

    def display_inside(self, output: Shape) -> Display | None:
        """How the page with its inside displays it; None if that shape cannot be."""
        return self.inside.display if self.inside is not None else display_of(output)

    @property
    def is_stochastic(self) -> bool:
        """Whether it draws random numbers while training, with its current settings."""
        return self.can_be_stochastic

    def measure(self, shape: Shape) -> Measure:
        """All of the above for an input of `shape`; only layers with `reads_tokens` take `Tokens`.

        Raises:
            ShapeMismatch: the layer cannot take that shape.
        """
        require_codes(self, shape) if self.reads_tokens else require_numbers(self, shape)
        output, calls = self.output_shape(shape), self.calls(shape)
        return Measure(
            output,
            calls,
            self.tensors(shape),
            self.initialise(shape),
            self.flops(shape),
            activations=prod(output),
            modules=len(calls),
            kept=self.kept(shape),
        )

    def summary(self) -> tuple[Message, ...]:
        """The settings in a few words each, for the block in the stack."""
        return ()


class Trainable(Layer):
    """Base class of layers that can have learned parameters."""

    frozen: bool = flag(
        False,
        tr_noop("Frozen"),
        tr_noop(
            "Keeps its weights while the other layers are trained. A frozen container freezes all layers in it; a "
            "frozen BatchNorm normalises by its running statistics and keeps them."
        ),
    )


class Stack(Component):
    """Layers in order: the network of an experiment, or a branch of a container."""

    layers: tuple[Layer, ...] = Field((), max_length=2000, fail_fast=True)


def require_numbers(layer: Layer, shape: Shape) -> None:
    """Check that the input is numbers rather than codes.

    Raises:
        ShapeMismatch: they are codes.
    """
    if isinstance(shape, Tokens):
        embedding = Layer.member("embedding")
        raise ShapeMismatch(
            message(
                "{layer} computes with numbers, but receives {shape}.",
                layer=message(layer.label),
                shape=described(shape),
            ),
            message("a vector for each code, as an Embedding gives it"),
            before=embedding() if embedding else None,
        )


def require_codes(layer: Layer, shape: Shape) -> None:
    """Check that the input is codes.

    Raises:
        ShapeMismatch: they are numbers.
    """
    if not isinstance(shape, Tokens):
        raise ShapeMismatch(
            message("{layer} reads codes, but receives {shape}.", layer=message(layer.label), shape=described(shape)),
            message("codes of characters or words: it must be the first layer"),
        )
