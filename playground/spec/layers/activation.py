"""Activations: element-wise nonlinear layers without weights (Softmax works on a whole row)."""

from __future__ import annotations

from abc import abstractmethod
from math import erf, exp, expm1, log1p, pi, sqrt, tanh
from typing import ClassVar, Literal

from playground.spec.call import Call, call
from playground.spec.component import choice, real
from playground.spec.layer import Kind, Layer, Section, Shape
from playground.spec.messages import Message, message, tr_noop
from playground.spec.number_text import setting_text


class Nonlinearity(Layer):
    """Base class of nonlinear layers, which have few weights or none."""

    kind: ClassVar[Kind] = Kind.ACTIVATION
    section: ClassVar[Section] = Section.ACTIVATION
    bounds: ClassVar[tuple[float, float] | None] = None  # the two limits of its output, where its slope is nearly 0

    def is_causal(self, shape: Shape) -> bool:
        return True

    @abstractmethod
    def at(self, x: float) -> float | None:
        """The output for a single number, by the formula of `torch.nn`; None where it also depends on other inputs."""


class Activation(Nonlinearity):
    """Base class of activations that Linear and the convolutions can apply: no weights, and the shape stays."""

    explained: ClassVar[str] = "playground.engine.probes.explained_choices.activation"


def _sigmoid(x: float) -> float:
    """1 / (1 + exp(−x)), without overflow."""
    return (1.0 + tanh(x / 2)) / 2


def _softplus(x: float) -> float:
    """log(1 + exp(x)), without overflow."""
    return max(x, 0.0) + log1p(exp(-abs(x)))


class ReLU(Activation):
    """`torch.nn.ReLU`."""

    id: ClassVar[str] = "relu"
    label: ClassVar[str] = tr_noop("ReLU")
    help: ClassVar[str] = tr_noop("Keeps positive values and sets the rest to 0: max(0, x). Cheap, and rarely wrong.")
    keywords: ClassVar[str] = tr_noop("rectifier rectified linear activation")

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("torch.nn.ReLU"),)

    def at(self, x: float) -> float:
        return max(0.0, x)


class LeakyReLU(Activation):
    """`torch.nn.LeakyReLU`."""

    id: ClassVar[str] = "leaky_relu"
    label: ClassVar[str] = tr_noop("LeakyReLU")
    help: ClassVar[str] = tr_noop(
        "Like ReLU, but scales negative values down rather than to 0, so that no unit can die."
    )
    keywords: ClassVar[str] = tr_noop("activation")

    negative_slope: float = real(
        0.01, tr_noop("Negative slope"), tr_noop("Factor for negative values."), ge=0.0, le=1.0
    )

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("torch.nn.LeakyReLU", negative_slope=self.negative_slope),)

    def at(self, x: float) -> float:
        return x if x > 0 else self.negative_slope * x

    def summary(self) -> tuple[Message, ...]:
        return (message("slope {slope}", slope=setting_text(self.negative_slope)),)


class ELU(Activation):
    """`torch.nn.ELU`."""

    id: ClassVar[str] = "elu"
    label: ClassVar[str] = tr_noop("ELU")
    help: ClassVar[str] = tr_noop("Like ReLU for positive values; negative ones approach −α smoothly: α(exp(x) − 1).")
    keywords: ClassVar[str] = tr_noop("exponential linear activation")

    alpha: float = real(
        1.0, tr_noop("Alpha"), tr_noop("The value that very negative inputs approach, negated."), ge=0.0, le=10.0
    )

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("torch.nn.ELU", alpha=self.alpha),)

    def at(self, x: float) -> float:
        return x if x > 0 else self.alpha * expm1(x)

    def summary(self) -> tuple[Message, ...]:
        return (message("α = {alpha}", alpha=setting_text(self.alpha)),)


class SELU(Activation):
    """`torch.nn.SELU`."""

    id: ClassVar[str] = "selu"
    label: ClassVar[str] = tr_noop("SELU")
    help: ClassVar[str] = tr_noop(
        "ELU with fixed constants under which deep dense networks keep mean 0 and variance 1 by themselves."
    )
    keywords: ClassVar[str] = tr_noop("scaled exponential linear self-normalizing activation")

    # From Klambauer et al., Self-Normalizing Neural Networks (2017), with the digits that torch uses.
    alpha: ClassVar[float] = 1.6732632423543772
    scale: ClassVar[float] = 1.0507009873554805

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("torch.nn.SELU"),)

    def at(self, x: float) -> float:
        return self.scale * (x if x > 0 else self.alpha * expm1(x))


class GELU(Activation):
    """`torch.nn.GELU`."""

    id: ClassVar[str] = "gelu"
    label: ClassVar[str] = tr_noop("GELU")
    help: ClassVar[str] = tr_noop(
        "A smooth ReLU: x times the normal distribution's share below x. Usual in Transformers."
    )
    keywords: ClassVar[str] = tr_noop("gaussian error activation")

    approximate: Literal["none", "tanh"] = choice(
        "none",
        tr_noop("Approximation"),
        tr_noop("Exact, or the cheaper formula with tanh."),
        labels={"none": tr_noop("exact"), "tanh": tr_noop("tanh")},
    )

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("torch.nn.GELU", approximate=self.approximate),)

    def at(self, x: float) -> float:
        if self.approximate == "tanh":
            return x * (1.0 + tanh(sqrt(2.0 / pi) * (x + 0.044715 * x * x * x))) / 2
        return x * (1.0 + erf(x / sqrt(2.0))) / 2


class SiLU(Activation):
    """`torch.nn.SiLU`."""

    id: ClassVar[str] = "silu"
    label: ClassVar[str] = tr_noop("SiLU")
    help: ClassVar[str] = tr_noop(
        "x times sigmoid(x), also called Swish: smooth, and slightly below 0 for small negatives."
    )
    keywords: ClassVar[str] = tr_noop("swish activation")

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("torch.nn.SiLU"),)

    def at(self, x: float) -> float:
        return x * _sigmoid(x)


class Mish(Activation):
    """`torch.nn.Mish`."""

    id: ClassVar[str] = "mish"
    label: ClassVar[str] = tr_noop("Mish")
    help: ClassVar[str] = tr_noop("x times tanh(softplus(x)): much like SiLU, a little deeper below 0.")
    keywords: ClassVar[str] = tr_noop("activation")

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("torch.nn.Mish"),)

    def at(self, x: float) -> float:
        return x * tanh(_softplus(x))


class Softplus(Activation):
    """`torch.nn.Softplus`."""

    id: ClassVar[str] = "softplus"
    label: ClassVar[str] = tr_noop("Softplus")
    help: ClassVar[str] = tr_noop("ReLU with a rounded corner: log(1 + exp(βx)) / β. Its output is always positive.")
    keywords: ClassVar[str] = tr_noop("smooth rectifier activation")

    beta: float = real(1.0, tr_noop("Beta"), tr_noop("The larger, the sharper the corner."), ge=0.1, le=100.0)

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("torch.nn.Softplus", **({"beta": self.beta} if self.beta != 1.0 else {})),)

    def at(self, x: float) -> float:
        return _softplus(self.beta * x) / self.beta

    def summary(self) -> tuple[Message, ...]:
        return (message("β = {beta}", beta=setting_text(self.beta)),)


class Hardswish(Activation):
    """`torch.nn.Hardswish`."""

    id: ClassVar[str] = "hardswish"
    label: ClassVar[str] = tr_noop("Hardswish")
    help: ClassVar[str] = tr_noop(
        "SiLU with a piecewise linear sigmoid: x · ReLU6(x + 3) / 6. Cheap; used in MobileNetV3."
    )
    keywords: ClassVar[str] = tr_noop("hard swish activation")

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("torch.nn.Hardswish"),)

    def at(self, x: float) -> float:
        return x * min(max(x + 3.0, 0.0), 6.0) / 6.0


class Sigmoid(Activation):
    """`torch.nn.Sigmoid`."""

    id: ClassVar[str] = "sigmoid"
    label: ClassVar[str] = tr_noop("Sigmoid")
    help: ClassVar[str] = tr_noop(
        "Squeezes every number into 0 … 1. Its slope fades at both ends, which slows deep networks."
    )
    keywords: ClassVar[str] = tr_noop("logistic activation")
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("torch.nn.Sigmoid"),)

    def at(self, x: float) -> float:
        return _sigmoid(x)


class Tanh(Activation):
    """`torch.nn.Tanh`."""

    id: ClassVar[str] = "tanh"
    label: ClassVar[str] = tr_noop("Tanh")
    help: ClassVar[str] = tr_noop("Squeezes every number into −1 … 1, centred on 0. Used in LeNet.")
    keywords: ClassVar[str] = tr_noop("hyperbolic tangent activation")
    bounds: ClassVar[tuple[float, float]] = (-1.0, 1.0)

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("torch.nn.Tanh"),)

    def at(self, x: float) -> float:
        return tanh(x)


class Softmax(Activation):
    """`torch.nn.Softmax` over the numbers of a vector, the features of each step, or the channels of each pixel."""

    id: ClassVar[str] = "softmax"
    label: ClassVar[str] = tr_noop("Softmax")
    help: ClassVar[str] = tr_noop(
        "Turns scores into probabilities that add up to 1 (in a sequence, at each step). Cross entropy does this "
        "itself: leave Softmax out there."
    )
    keywords: ClassVar[str] = tr_noop("probabilities activation")
    explained: ClassVar[str] = "playground.engine.probes.explained_choices.softmax"

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("torch.nn.Softmax", dim=2 if len(shape) == 2 else 1),)

    def at(self, x: float) -> None:
        return None
