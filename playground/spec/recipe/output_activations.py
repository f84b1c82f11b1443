"""Output activations: what a loss makes of a network's outputs itself, before it compares them with the targets."""

from __future__ import annotations

from dataclasses import dataclass

from playground.spec.call import Call, call


@dataclass(frozen=True, slots=True)
class OutputActivation:
    """One of them; whatever shows outputs to a person, or scores them, applies it as well.

    `call` names a function of a tensor, whose first argument is left out; without one outputs are compared as they
    are. `log` is its logarithm, up to an amount that all classes share, so that probabilities of classes, which add up
    to 1, are `log(outputs).softmax(1)` without 0 / 0 where all outputs are far below 0; without one these are the
    outputs themselves.
    """

    id: str  # that of the layer that does the same, where there is one
    call: Call | None = None
    log: Call | None = None


IDENTITY = OutputActivation("none")
SOFTMAX = OutputActivation("softmax", call("torch.softmax", dim=1))
SIGMOID = OutputActivation("sigmoid", call("torch.sigmoid"), log=call("torch.nn.functional.logsigmoid"))
