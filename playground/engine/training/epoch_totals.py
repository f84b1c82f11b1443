"""What the batches of an epoch add up to: the loss, the score and the terms beside the loss."""

from __future__ import annotations

from typing import NamedTuple

from playground.engine.evaluation.evaluate import Evaluation
from playground.engine.evaluation.scores import Scoring, added
from playground.engine.training.snapshots import Step, Terms


class Sums(NamedTuple):
    """What was added up so far."""

    loss: float = 0.0  # each step's times what it counts
    weight: float = 0.0
    samples: int = 0
    score: tuple[float, ...] = ()  # what the score is made of, see `Scoring`
    terms: Terms = Terms()  # each step's times its samples


class EpochTotals:
    """Sums over steps; means are taken over samples, and the loss's over what each batch counts."""

    def __init__(self, sums: Sums | None = None) -> None:
        """`sums`: of steps that were counted before."""
        self._loss, self._weight, self._samples, self._sums, self._terms = sums or Sums()

    @property
    def sums(self) -> Sums:
        """So far."""
        return Sums(self._loss, self._weight, self._samples, self._sums, self._terms)

    def add(self, step: Step) -> None:
        """Count a step."""
        self._loss, self._weight = self._loss + step.loss * step.counts, self._weight + step.counts
        self._sums, self._samples = added(self._sums, step.sums), self._samples + step.samples
        if any(step.terms):
            pairs = zip(self._terms, step.terms, strict=True)
            self._terms = Terms(*(total + term * step.samples for total, term in pairs))

    def evaluation(self, scoring: Scoring) -> Evaluation:
        """Loss and score of the epoch."""
        return Evaluation(self._loss / self._weight, scoring.score(self._sums, self._samples))

    @property
    def terms(self) -> Terms:
        """Their means."""
        return Terms(*(term / self._samples for term in self._terms))
