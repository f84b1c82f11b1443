"""PReLU: an activation with a learned slope. It has weights, so no other layer can have it as its activation."""

from __future__ import annotations

from typing import ClassVar

from playground.spec.call import Call, call, unusual
from playground.spec.component import flag, real
from playground.spec.layer import Shape, Tensor, Trainable
from playground.spec.layers.activation import Nonlinearity
from playground.spec.messages import Message, message, tr_noop
from playground.spec.number_text import setting_text


class PReLU(Nonlinearity, Trainable):
    """`torch.nn.PReLU`; `at` gives the curve before training."""

    id: ClassVar[str] = "prelu"
    label: ClassVar[str] = tr_noop("PReLU")
    help: ClassVar[str] = tr_noop("Like LeakyReLU, but learns the factor for negative values.")
    keywords: ClassVar[str] = tr_noop("parametric leaky rectifier activation")
    explained: ClassVar[str] = "playground.engine.probes.explained_choices.prelu"

    per_channel: bool = flag(
        False, tr_noop("Per channel"), tr_noop("Learns a slope for each channel, not one for all (num_parameters).")
    )
    init: float = real(
        0.25,
        tr_noop("Initial slope"),
        tr_noop("Factor for negative values before training (init)."),
        ge=0.0,
        le=1.0,
    )

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        chosen = {"num_parameters": self._slopes(shape), "init": self.init}
        return (call("torch.nn.PReLU", **unusual(chosen, {"num_parameters": 1, "init": 0.25})),)

    def tensors(self, shape: Shape) -> tuple[Tensor, ...]:
        return (Tensor("weight", (self._slopes(shape),)),)

    def at(self, x: float) -> float:
        return x if x > 0 else self.init * x

    def summary(self) -> tuple[Message, ...]:
        first = message("slope {slope} at first", slope=setting_text(self.init))
        return (first, message("per channel")) if self.per_channel else (first,)

    def _slopes(self, shape: Shape) -> int:
        return shape[0] if self.per_channel else 1
