"""A finding of the doctor, and the declaration of a diagnosis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.spec.check.problem import Fix
from playground.spec.edits import LayerPath
from playground.spec.messages import Message

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
    layers: tuple[LayerPath, ...] = ()  # that it concerns; empty where it concerns no single layers


@dataclass(frozen=True, slots=True)
class Evidence:
    """The result of a diagnosis that applies: the parts of a `Finding` that are its own."""

    sentence: Message
    figure: float
    fix: Fix | None = None
    layers: tuple[LayerPath, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One kind of finding.

    `examine` looks at what is known and returns None where all is well. It is asked after every snapshot of type
    `after`, or, where that is None, once before training.
    """

    id: str
    examine: Callable[[Record], Evidence | None]
    after: tuple[str, ...] = ()  # names of snapshot types; empty: before training
