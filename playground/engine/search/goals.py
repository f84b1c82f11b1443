"""Goals of a search: figures of a trained network, and which direction is better."""

from __future__ import annotations

from typing import NamedTuple

from playground.spec.messages import tr_noop
from playground.spec.number_text import amount_text, flops_text, loss_text, percent_text


class Goal(NamedTuple):
    """One figure that a search improves."""

    label: str
    greater_is_better: bool
    learned: bool  # known after each epoch, so that a hopeless trial can be ended early


GOALS = {  # by their names in stored studies and on the command line
    "score": Goal(tr_noop("Validation score"), True, True),
    "loss": Goal(tr_noop("Validation loss"), False, True),
    "parameters": Goal(tr_noop("Parameters"), False, False),
    "flops": Goal(tr_noop("FLOPs"), False, False),
    "latency": Goal(tr_noop("Latency"), False, False),  # milliseconds of one sample's forward pass, on one thread
}


class TrialFigures(NamedTuple):
    """What is known of a trained network; means over its seeds."""

    score: float
    loss: float
    parameters: int
    flops: int
    latency: float | None  # milliseconds; None where no goal or limit asks for it
    epochs: int  # of all seeds together
    seconds: float  # of training and validation, all seeds together
    scores: tuple[float, ...]  # by seed
    run_ids: tuple[str, ...]

    def values(self, goals: tuple[str, ...]) -> list[float]:
        """The figures of the goals, in their order."""
        return [float(getattr(self, name)) for name in goals]


def figure_text(goal: str, value: float) -> str:
    """The figure of a goal, as people read it."""
    match goal:
        case "score":
            return percent_text(value)
        case "loss":
            return loss_text(value)
        case "flops":
            return flops_text(round(value))
        case "latency":
            return f"{amount_text(value)} ms"
    return f"{round(value):,}"
