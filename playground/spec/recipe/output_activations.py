"""Output activations: functions that a loss applies to outputs before it compares them with targets."""

from __future__ import annotations

from dataclasses import dataclass

from playground.spec.call import Call, call


@dataclass(frozen=True, slots=True)
class OutputActivation:
    """One output activation; code that shows or scores outputs applies it as well.

    `call` names an elementwise function, without its first argument. It is None where numbers are compared unchanged,
    and for softmax, which depends on all classes together.

    `log` is its logarithm, up to a constant that all classes share: class probabilities, which add up to 1, are
    `log(outputs).softmax(1)`, without 0 / 0 where all outputs are far below 0. If None, the logarithm is the outputs
    themselves.
    """

    id: str  # id of the layer that does the same, where there is one
    call: Call | None = None
    log: Call | None = None


IDENTITY = OutputActivation("none")
SOFTMAX = OutputActivation("softmax")
SIGMOID = OutputActivation("sigmoid", call("torch.sigmoid"), log=call("torch.nn.functional.logsigmoid"))
