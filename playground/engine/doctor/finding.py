"""A finding of the doctor, and the declaration of a diagnosis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import floor, log10
from typing import TYPE_CHECKING, Any

from playground.spec.check.problem import Fix
from playground.spec.edits import Set
from playground.spec.messages import Message, message
from playground.spec.number_text import setting_text

if TYPE_CHECKING:
    from playground.engine.doctor.record import Record


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a run, or with an experiment before it runs."""

    id: str  # of its diagnosis: stable
    sentence: Message  # says what is wrong, with the figure that shows it
    figure: float  # the number in the sentence on which it was decided
    fix: Fix | None
    step: int  # batches trained on when it was found; 0 before training


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a diagnosis returns when it applies: the parts of a `Finding` that are its own."""

    sentence: Message
    figure: float
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One kind of finding.

    `examine` looks at what is known and returns None where all is well. It is asked after every snapshot of type
    `after`, or, where that is None, once before training.
    """

    id: str
    examine: Callable[[Record], Evidence | None]
    after: tuple[str, ...] = ()  # names of snapshot types; empty: before training


def setting(path: tuple[str, ...], value: Any, words: Message) -> Fix:
    """The fix that sets one field outside the stack."""
    return Fix(words, (Set(path, value, words),))


def rate_fix(rate: float) -> Fix:
    """Set the learning rate to about `rate`: 1, 2 or 5 times a power of ten."""
    words = message("Set the learning rate to {rate}", rate=setting_text(round_rate(rate)))
    return setting(("recipe", "optimizer", "lr"), round_rate(rate), words)


def round_rate(rate: float) -> float:
    """The largest of 1, 2 and 5 times a power of ten that is not above `rate`, within the range of learning rates."""
    rate = min(100.0, max(1e-8, rate)) * (1 + 1e-9)
    power = floor(log10(rate))
    first = next(step for step in (5, 2, 1) if rate >= step * 10.0**power)
    return float(first * 10.0**power) if power >= 0 else first / 10.0**-power
