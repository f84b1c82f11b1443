"""Output activations: what a loss makes of a network's outputs itself, before it compares them with the targets."""

from __future__ import annotations

from dataclasses import dataclass

from playground.spec.call import Call, call


@dataclass(frozen=True, slots=True)
class OutputActivation:
    """One of them; whatever shows outputs to a person, or scores them, applies it as well.

    `call` names a function of each output by itself, whose first argument is left out. Without one numbers are
    compared as they are; softmax, which is of all classes together, has none either.

    `log` is the logarithm, up to an amount that all classes share: probabilities of classes, which add up to 1, are
    `log(outputs).softmax(1)`, without 0 / 0 where all outputs are far below 0. Without one it is the outputs
    themselves.
    """

    id: str  # that of the layer that does the same, where there is one
    call: Call | None = None
    log: Call | None = None


IDENTITY = OutputActivation("none")
SOFTMAX = OutputActivation("softmax")
SIGMOID = OutputActivation("sigmoid", call("torch.sigmoid"), log=call("torch.nn.functional.logsigmoid"))
