"""Accumulates the batches of an epoch: the loss, the score and the additional loss terms."""

from __future__ import annotations

from dataclasses import dataclass, field

from playground.engine.evaluation.evaluate import Evaluation
from playground.engine.evaluation.scores import Scoring, added
from playground.engine.training.snapshots import Step, Terms


@dataclass(slots=True)
class EpochTotals:
    """Sums over steps. Scores and terms are averaged over samples, the loss by the weight of each batch."""

    loss: float = 0.0  # each step's times what it counts,
    weight: float = 0.0  # the sum of which is this
    samples: int = 0
    sums: tuple[float, ...] = ()  # what the score is made of
    weighted_terms: Terms = field(default_factory=Terms)  # each step's times its samples

    def add(self, step: Step) -> None:
        """Add a step to the sums."""
        self.loss, self.weight = self.loss + step.loss * step.counts, self.weight + step.counts
        self.sums, self.samples = added(self.sums, step.sums), self.samples + step.samples
        if any(step.terms):
            pairs = zip(self.weighted_terms, step.terms, strict=True)
            self.weighted_terms = Terms(*(total + term * step.samples for total, term in pairs))

    def evaluation(self, scoring: Scoring) -> Evaluation:
        """Loss and score of the epoch."""
        return Evaluation(self.loss / self.weight, scoring.score(self.sums, self.samples))

    @property
    def terms(self) -> Terms:
        """Means of the additional loss terms over samples."""
        return Terms(*(term / self.samples for term in self.weighted_terms))
