"""Recurrent layers: they read a sequence step by step and carry a state from step to step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

from playground.spec.call import Call, call, unusual
from playground.spec.component import choice, flag, integer, real
from playground.spec.display import Display, Inside
from playground.spec.layer import Kind, Layer, Section, Shape, Tensor
from playground.spec.layers.steps import require_sequence
from playground.spec.layers.weighted import Initialised
from playground.spec.messages import Message, message, plural, tr_noop
from playground.spec.number_text import setting_text


class Recurrent(Initialised):
    """Base class of torch's three recurrent layers."""

    kind: ClassVar[Kind] = Kind.SEQUENCE
    section: ClassVar[Section] = Section.SEQUENCE
    can_be_stochastic: ClassVar[bool] = True
    target: ClassVar[str]
    gates: ClassVar[int]  # how many matrices each of the two weight tensors holds
    kept_a_unit: ClassVar[int]  # numbers that a training step keeps per unit and step of the sequence, as measured
    units_field: ClassVar[str] = "hidden_size"

    hidden_size: int = integer(
        128, tr_noop("Units"), tr_noop("How many numbers the state and the output have (hidden_size)."), ge=1, le=65_536
    )
    output: Literal["all", "last"] = choice(
        "last",
        tr_noop("Output"),
        tr_noop("The last state, as one vector, or the state at every step, as a sequence."),
        labels={"all": tr_noop("every step"), "last": tr_noop("last state")},
    )
    num_layers: int = integer(
        1,
        tr_noop("Layers"),
        tr_noop("How many layers are stacked, each reading the output of the one before (num_layers)."),
        ge=1,
        le=64,
    )
    bidirectional: bool = flag(
        False,
        tr_noop("Both directions"),
        tr_noop("A second layer reads from the end; its output is concatenated to that of the first."),
    )
    dropout: float = real(
        0.0,
        tr_noop("Dropout"),
        tr_noop("Share of the numbers between its layers that is dropped while training; no effect with one layer."),
        ge=0.0,
        le=0.95,
    )
    bias: bool = flag(True, tr_noop("Bias"), tr_noop("Adds learned constants."))

    def is_causal(self, shape: Shape) -> bool:
        return not self.bidirectional and self.output == "all"

    def as_causal(self) -> Self:
        return self.with_(bidirectional=False, output="all")

    @property
    def is_stochastic(self) -> bool:
        return self.dropout > 0.0 and self.num_layers > 1

    def output_shape(self, shape: Shape) -> Shape:
        steps, _ = require_sequence(self, shape)
        width = self._ways * self.hidden_size
        return (steps, width) if self.output == "all" else (width,)

    def options(self) -> dict[str, object]:
        """The arguments after the sizes, without those that have torch's default."""
        chosen = {
            "num_layers": self.num_layers,
            "bias": self.bias,
            "dropout": self.dropout if self.num_layers > 1 else 0.0,
            "bidirectional": self.bidirectional,
        }
        return unusual(chosen, {"num_layers": 1, "bias": True, "dropout": 0.0, "bidirectional": False})

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        whole = self.output == "all"
        return (call(self.target, shape[1], self.hidden_size, whole=whole, **self.options()),)

    def tensors(self, shape: Shape) -> tuple[Tensor, ...]:
        return tuple(self._tensors(shape[1]))

    def filled(self) -> tuple[str, ...]:
        return tuple(tensor.name for tensor in self._tensors(1) if tensor.name.startswith("weight"))

    def flops(self, shape: Shape) -> int:
        steps, features = shape
        return 2 * steps * sum(tensor.count for tensor in self._tensors(features) if tensor.name.startswith("weight"))

    def kept(self, shape: Shape) -> int:
        return shape[0] * self.num_layers * self._ways * self.hidden_size * self.kept_a_unit

    def summary(self) -> tuple[Message, ...]:
        parts = [
            plural("{count:,} units", "1 unit", self.hidden_size),
            message("every step") if self.output == "all" else message("last state"),
        ]
        if self.num_layers > 1:
            parts.append(message("{count} layers", count=self.num_layers))
        if self.bidirectional:
            parts.append(message("both directions"))
        if self.is_stochastic:
            parts.append(message("dropout {p}", p=setting_text(self.dropout)))
        if not self.bias:
            parts.append(message("no bias"))
        return tuple(parts)

    @property
    def _ways(self) -> int:
        return 2 if self.bidirectional else 1

    def _tensors(self, features: int) -> Iterator[Tensor]:
        """All tensors for inputs of `features` numbers, named and ordered as in torch."""
        rows = self.gates * self.hidden_size
        for level in range(self.num_layers):
            read = features if level == 0 else self._ways * self.hidden_size
            for way in ("", "_reverse")[: self._ways]:
                yield Tensor(f"weight_ih_l{level}{way}", (rows, read))
                yield Tensor(f"weight_hh_l{level}{way}", (rows, self.hidden_size))
                if self.bias:
                    yield Tensor(f"bias_ih_l{level}{way}", (rows,))
                    yield Tensor(f"bias_hh_l{level}{way}", (rows,))


class WithForgetBias(Layer):
    """The field that only an LSTM has, in its own base class so that the form shows it after the others."""

    forget_bias: float = real(
        0.0,
        tr_noop("Forget bias"),
        tr_noop("Initial bias of the forget gates: 1 lets it remember from the start, 0 leaves PyTorch's."),
        ge=0.0,
        le=10.0,
    )


class RNN(Recurrent):
    """`torch.nn.RNN`."""

    id: ClassVar[str] = "rnn"
    label: ClassVar[str] = tr_noop("RNN")
    help: ClassVar[str] = tr_noop(
        "Reads a sequence step by step; each state is a nonlinear function of the input and the state before. "
        "Inputs many steps back fade from the state; LSTM and GRU keep them longer."
    )
    keywords: ClassVar[str] = tr_noop("recurrent elman sequence memory")
    target: ClassVar[str] = "playground.engine.modules.recurrent.RNN"
    gates: ClassVar[int] = 1
    kept_a_unit: ClassVar[int] = 7
    explained: ClassVar[str] = "playground.engine.probes.explained_steps.rnn"

    nonlinearity: Literal["tanh", "relu"] = choice(
        "tanh",
        tr_noop("Nonlinearity"),
        tr_noop("The activation of the state at every step; with ReLU the state can grow without bound."),
        labels={"tanh": tr_noop("Tanh"), "relu": tr_noop("ReLU")},
    )

    def options(self) -> dict[str, object]:
        more = {"nonlinearity": self.nonlinearity} if self.nonlinearity != "tanh" else {}
        return {**super().options(), **more}


class LSTM(Recurrent, WithForgetBias):
    """`torch.nn.LSTM` (Hochreiter and Schmidhuber, 1997; with forget gates, Gers et al., 2000)."""

    id: ClassVar[str] = "lstm"
    label: ClassVar[str] = tr_noop("LSTM")
    help: ClassVar[str] = tr_noop(
        "Reads a sequence step by step and keeps a memory that gates write to, read and clear: "
        "it can remember over many steps."
    )
    keywords: ClassVar[str] = tr_noop("recurrent long short-term memory gates sequence rnn")
    target: ClassVar[str] = "playground.engine.modules.recurrent.LSTM"
    inside: ClassVar[Inside | None] = Inside(Display.GATES, "playground.engine.probes.insides.lstm_gates")
    explained: ClassVar[str] = "playground.engine.probes.explained_steps.lstm"
    gates: ClassVar[int] = 4
    kept_a_unit: ClassVar[int] = 12

    def initialise(self, shape: Shape) -> tuple[tuple[str, Call], ...]:
        fill = call("playground.engine.modules.recurrent.fill_forget_gate_", self.forget_bias)
        named = (tensor.name for tensor in self._tensors(1) if tensor.name.startswith("bias_ih"))
        return (*super().initialise(shape), *((name, fill) for name in named if self.forget_bias))


class GRU(Recurrent):
    """`torch.nn.GRU` (Cho et al., 2014)."""

    id: ClassVar[str] = "gru"
    label: ClassVar[str] = tr_noop("GRU")
    help: ClassVar[str] = tr_noop(
        "A simpler LSTM: two gates rather than three, no separate memory, a quarter fewer weights, and often as good."
    )
    keywords: ClassVar[str] = tr_noop("recurrent gated unit gates sequence rnn")
    target: ClassVar[str] = "playground.engine.modules.recurrent.GRU"
    inside: ClassVar[Inside | None] = Inside(Display.GATES, "playground.engine.probes.insides.gru_gates")
    explained: ClassVar[str] = "playground.engine.probes.explained_steps.gru"
    gates: ClassVar[int] = 3
    kept_a_unit: ClassVar[int] = 10
