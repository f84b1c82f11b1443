"""Base classes of layers with learned weights: their initialisation, bias and activation."""

from __future__ import annotations

from abc import abstractmethod
from typing import Literal

from playground.spec.call import Call, call
from playground.spec.component import choice, component, flag, real
from playground.spec.layer import Shape, Tensor, Trainable
from playground.spec.layers.activation import Activation
from playground.spec.messages import Message, message, tr_noop

Initialisation = Literal[
    "default",
    "xavier_uniform",
    "xavier_normal",
    "kaiming_uniform",
    "kaiming_normal",
    "orthogonal",
    "trunc_normal",
    "normal",
    "zeros",
    "constant",
]

# The function of torch.nn.init is each name plus "_"; the values are its arguments other than PyTorch's defaults.
_INITIALISATIONS: dict[str, dict[str, object]] = {
    "xavier_uniform": {},
    "xavier_normal": {},
    "kaiming_uniform": {"nonlinearity": "relu"},
    "kaiming_normal": {"nonlinearity": "relu"},
    "orthogonal": {},
    "trunc_normal": {"std": 0.02},
    "normal": {"std": 1.0},
    "zeros": {},
}


class Initialised(Trainable):
    """Base class of layers with weights and a choice of their initialisation."""

    init: Initialisation = choice(
        "default",
        tr_noop("Initialisation"),
        tr_noop("How the weights are set before training. To see the effect of a bad start, try zeros or normal."),
        labels={
            "default": tr_noop("PyTorch's"),
            "xavier_uniform": tr_noop("Xavier uniform"),
            "xavier_normal": tr_noop("Xavier normal"),
            "kaiming_uniform": tr_noop("Kaiming uniform"),
            "kaiming_normal": tr_noop("Kaiming normal"),
            "orthogonal": tr_noop("orthogonal"),
            "trunc_normal": tr_noop("trunc normal, 0.02"),
            "normal": tr_noop("normal, 1"),
            "zeros": tr_noop("zeros"),
            "constant": tr_noop("constant"),
        },
    )
    init_value: float = real(
        0.05,
        tr_noop("Value"),
        tr_noop("Value of every weight before training; units that begin alike stay alike."),
        ge=-100.0,
        le=100.0,
        only_with=("init", "constant"),
    )

    def filled(self) -> tuple[str, ...]:
        """Names of the tensors that `init` applies to, all of them matrices or filters."""
        return ("weight",)

    def initialise(self, shape: Shape) -> tuple[tuple[str, Call], ...]:
        if self.init == "default":
            return ()
        fill = call(f"torch.nn.init.{self.init}_", **_INITIALISATIONS.get(self.init, {"val": self.init_value}))
        return tuple((name, fill) for name in self.filled())


class Weighted(Initialised):
    """Base class of layers with one weight tensor, an optional bias and an optional activation."""

    bias: bool = flag(True, tr_noop("Bias"), tr_noop("Adds a learned constant to every output."))
    activation: Activation | None = component(
        None,
        tr_noop("Activation"),
        tr_noop("Nonlinear function of the outputs; without one, two such layers in a row can do no more than one."),
    )

    @abstractmethod
    def weight_shape(self, shape: Shape) -> Shape:
        """Shape of the weight tensor when `shape` goes in; its first dimension is usually the number of outputs."""

    @abstractmethod
    def module(self, shape: Shape) -> Call:
        """The call of the weighted module itself."""

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        after = self.activation.calls(self.output_shape(shape)) if self.activation else ()
        return (self.module(shape), *after)

    def tensors(self, shape: Shape) -> tuple[Tensor, ...]:
        weight = self.weight_shape(shape)
        bias = (Tensor("bias", weight[:1]),) if self.bias else ()
        return (Tensor("weight", weight), *bias)

    def summary(self) -> tuple[Message, ...]:
        """The last parts of the summary of every weighted layer: its activation, and a missing bias."""
        parts = [] if self.activation is None else [message(self.activation.label)]
        if not self.bias:
            parts.append(message("no bias"))
        return tuple(parts)
