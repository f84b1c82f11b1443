"""Accumulates the batches of an epoch: the loss, the score and the additional loss terms."""

from __future__ import annotations

from playground.engine.evaluation.evaluate import Evaluation
from playground.engine.evaluation.scores import Scoring, added
from playground.engine.training.snapshots import Step, Terms


class EpochTotals:
    """Sums over steps. Scores and terms are averaged over samples, the loss by the weight of each batch."""

    def __init__(self) -> None:
        self._loss = self._weight = 0.0
        self._samples = 0
        self._sums: tuple[float, ...] = ()
        self._terms = Terms()

    def add(self, step: Step) -> None:
        """Add a step to the sums."""
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
        """Means of the additional loss terms over samples."""
        return Terms(*(term / self._samples for term in self._terms))
