"""Where a network began that was made from another one: which one that was, and what was done to it."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any, Literal, NamedTuple

from pydantic import FiniteFloat, TypeAdapter, ValidationError

from playground.engine.training.snapshots import Epoch, Figures
from playground.spec.messages import tr_noop

PROVENANCE_KEY = "provenance"  # of the derivations of a network, in its file's metadata
_MOST = 50  # derivations of a network
_LONGEST = 200  # characters of a text
_MOST_POINTS = 200  # of a curve, whose epochs can be many thousands

How = Literal["pruned", "quantized", "distilled", "continued", "calibrated", "begun"]


class Point(NamedTuple):
    """The end of an epoch; None stands for a figure that is not known, or not one of the network's own loss."""

    epoch: int
    train_loss: FiniteFloat | None = None
    train_score: FiniteFloat | None = None
    validation_loss: FiniteFloat | None = None
    validation_score: FiniteFloat | None = None

    @classmethod
    def of(cls, epoch: Epoch, *, losses: bool = True) -> Point:
        """The point of an epoch; without its losses where they are those of another task, as in a distillation."""
        values = (epoch.train_loss, epoch.train_score, epoch.validation_loss, epoch.validation_score)
        known = [value if value is not None and isfinite(value) else None for value in values]
        return cls(epoch.epoch, known[0] if losses else None, known[1], known[2] if losses else None, known[3])


class Derivation(NamedTuple):
    """One step by which a network was made from another one.

    Attributes:
        how: what was done.
        source: name of the file or preset of the network before, without its folder, or the id of its stored run.
        run: the id of the stored run that the network before came from, if that is known.
        settings: how it was done, in words.
        curve: the epochs of the training that was part of it; in a file at most 200 that are spread evenly.
    """

    how: How
    source: str
    run: str | None = None
    settings: tuple[tuple[str, str], ...] = ()
    curve: tuple[Point, ...] = ()


HOW_LABELS: dict[How, str] = {
    "pruned": tr_noop("Pruned"),
    "quantized": tr_noop("Stored in fewer bits"),
    "distilled": tr_noop("Distilled"),
    "continued": tr_noop("Trained further"),
    "calibrated": tr_noop("Calibrated"),
    "begun": tr_noop("Training begun with its weights"),
}

_adapter = TypeAdapter(tuple[Derivation, ...])


def spread(points: Sequence[Point], most: int) -> tuple[Point, ...]:
    """At most so many of the points, spread evenly, and the last one among them."""
    every = -(-len(points) // most)
    return tuple(point for place, point in enumerate(points, 1) if place % every == 0 or place == len(points))


def learned(figures: Figures) -> tuple[tuple[str, str], ...]:
    """How long the network before had been trained, for the settings of a derivation; no figure of what it could."""
    known = (("epochs before", figures.epochs), ("steps before", figures.step))
    return tuple((name, f"{count:,}") for name, count in known if count)


def provenance_text(derivations: tuple[Derivation, ...]) -> str:
    """The derivations as JSON, the first one first, for a file's metadata."""
    return _adapter.dump_json(tuple(map(_bounded, derivations[-_MOST:]))).decode()


def provenance_in(metadata: dict[str, Any]) -> tuple[Derivation, ...]:
    """The derivations in a network's metadata; none where there are none, or none that can be understood.

    They are told and never computed with: what another version wrote does not keep a network from being read.
    """
    text = metadata.get(PROVENANCE_KEY)
    if not isinstance(text, str):
        return ()
    try:
        found = _adapter.validate_json(text)
    except ValidationError:
        return ()
    return tuple(_bounded(item) for item in found[-_MOST:])


def _bounded(item: Derivation) -> Derivation:
    """The derivation with texts and lists of bounded length."""
    settings = tuple((name[:_LONGEST], value[:_LONGEST]) for name, value in item.settings[:_MOST])
    run = item.run if item.run is None else item.run[:_LONGEST]
    return Derivation(item.how, item.source[:_LONGEST], run, settings, spread(item.curve, _MOST_POINTS))
