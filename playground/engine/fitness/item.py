"""One line of a report on fitness: whether something holds, its reason, and the fix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from playground.engine.fitness.remedy import Remedy
from playground.spec.messages import Message


class Status(StrEnum):
    """Whether an item holds; only `RED` ones keep a network from being fit."""

    GREEN = "green"
    RED = "red"
    MEASURED = "measured"  # there is no bar for it
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a report.

    Attributes:
        id: stable name in JSON.
        label: name for people, not yet translated.
        status: whether it holds.
        reason: the figures, and the bar, as a sentence.
        fix: what would mend it; None where nothing has to be mended.
        figures: plain values for other programs.
        remedies: what of the fix a program can do.
    """

    id: str
    label: str
    status: Status
    reason: Message
    fix: Message | None = None
    figures: Mapping[str, Any] = field(default_factory=dict)
    remedies: tuple[Remedy, ...] = ()


def held(holds: bool) -> Status:
    """Green where it holds, else red."""
    return Status.GREEN if holds else Status.RED
