"""Says how the outputs of a layer are displayed, which follows from their shape unless the layer declares otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Display(Enum):
    """The form in which the numbers that a layer computes from one sample are shown."""

    MAPS = auto()  # (C, H, W): one picture a channel
    UNITS = auto()  # (units,): one cell a unit
    SEQUENCE = auto()  # (steps, units): a picture with a column a step and a row a unit
    CODES = auto()  # (steps,): one character, word or byte pair a step
    ATTENTION = auto()  # (heads, steps, steps): one picture a head; its rows look at its columns
    GATES = auto()  # several of (steps, units), each with a name


@dataclass(frozen=True, slots=True)
class Inside:
    """Numbers within a layer that are displayed in place of its output.

    `target` names a function of `playground.engine.probes` that computes them from the layer's module and its input
    (1, …): `dict[str, Tensor]`, by their names, each without the batch in the form of `display`.
    """

    display: Display
    target: str
